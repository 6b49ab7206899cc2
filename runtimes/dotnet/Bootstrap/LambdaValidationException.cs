namespace Petrel.Bootstrap;

/// <summary>The handler is not what the runtime can call; the name is the <c>errorType</c> that callers see.</summary>
internal sealed class LambdaValidationException(string message) : Exception(message);
