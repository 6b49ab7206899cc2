using System.Collections.Concurrent;
using Petrel.Server.Edge;
using Petrel.Wire;

namespace Petrel.Tests.Edge;

/// <summary>Allows everything but what is named <c>secret</c>, and remembers what was asked.</summary>
internal sealed class RecordingAuthorizer : IAuthorizer
{
    public ConcurrentQueue<AccessCheck> Asked { get; } = [];

    public ValueTask AuthorizeAsync(AccessCheck check, CallContext call)
    {
        Asked.Enqueue(check);
        return check.Resource.EndsWith("secret", StringComparison.Ordinal)
            ? throw CommonException.AccessDenied($"{call.Caller.Arn} may not {check.Action} on {check.Resource}")
            : ValueTask.CompletedTask;
    }
}
