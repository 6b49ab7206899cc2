using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Invocation;

/// <summary>Trace headers in the form that functions find in their environment.</summary>
internal static class TraceIds
{
    /// <summary>A new trace: <c>Root=1-{seconds}-{96 random bits}</c>.</summary>
    public static string Create(IIdSource ids, DateTimeOffset now)
    {
        var (high, low) = (ids.NextId(), ids.NextId());
        return string.Create(null, stackalloc char[64], $"Root=1-{(uint)now.ToUnixTimeSeconds():x8}-{high:x16}{(uint)low:x8}");
    }
}
