using System.Net;

namespace Petrel.Client;

/// <summary>The daemon's refusal.</summary>
internal sealed class ApiException(HttpStatusCode status, string code, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>The error's name: <c>ResourceNotFoundException</c>.</summary>
    public string Code { get; } = code;

    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    public string Describe() => Message.Length > 0 ? $"{Message} ({Code})" : $"the daemon answered {(int)Status} {Code}";

    public string? Advice(string program) => Code switch
    {
        "ResourceNotFoundException" when Message.Contains("unction", StringComparison.Ordinal) => $"see what there is: {program} ls",
        "InvalidClientTokenId" or "UnrecognizedClientException" or "SignatureDoesNotMatch" or "InvalidSignatureException" =>
            $"the daemon does not know these credentials; those of its root key: {program} env",
        "TooManyRequestsException" when Message.Contains("budget", StringComparison.Ordinal) => $"see what is left, and raise it: {program} budget ls",
        "TooManyRequestsException" => $"see what runs and what waits: {program} top",
        _ => null,
    };
}
