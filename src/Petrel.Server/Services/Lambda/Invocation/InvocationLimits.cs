using Petrel.Aws.Lambda;

namespace Petrel.Server.Services.Lambda.Invocation;

/// <summary>Sizes of events, as Lambda's quotas give them.</summary>
internal static class InvocationLimits
{
    public const int MaxSynchronousBytes = 6 * 1024 * 1024;

    public const int MaxAsynchronousBytes = 1024 * 1024;

    /// <summary>An event that is not given.</summary>
    private static readonly ReadOnlyMemory<byte> NoEvent = "{}"u8.ToArray();

    /// <summary>The event to run: the payload, checked.</summary>
    /// <exception cref="RequestTooLargeException">It is larger than <paramref name="maxBytes"/>.</exception>
    /// <exception cref="InvalidRequestContentException">It is not JSON.</exception>
    public static ReadOnlyMemory<byte> CheckEvent(ReadOnlyMemory<byte> payload, int maxBytes)
    {
        if (payload.IsEmpty)
        {
            return NoEvent;
        }

        if (payload.Length > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        return PayloadCheck.FindProblem(payload.Span) is { } problem ? throw new InvalidRequestContentException(problem) : payload;
    }

    public static RequestTooLargeException TooLarge(int maxBytes) =>
        new($"Request must be smaller than {maxBytes} bytes for the InvokeFunction operation");
}
