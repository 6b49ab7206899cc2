using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Invocation;

/// <summary>Trace headers in the form that functions find in their environment.</summary>
internal static class TraceIds
{
    /// <summary>A new trace of a function: with <c>TracingConfig.Mode=Active</c> its tracing library records it, otherwise not.</summary>
    public static string Create(VersionRecord version, IIdSource ids, DateTimeOffset now) => Continue(Create(ids, now), version, ids);

    /// <summary>The part of a function in a trace; a caller that has decided on its recording is followed.</summary>
    public static string Continue(string trace, VersionRecord version, IIdSource ids) => trace.Contains("Sampled=", StringComparison.Ordinal)
        ? trace
        : $"{trace};Parent={ids.NextId():x16};Sampled={(version.TracingMode == "Active" ? 1 : 0)}";

    /// <summary>A new trace: <c>Root=1-{seconds}-{96 random bits}</c>.</summary>
    public static string Create(IIdSource ids, DateTimeOffset now)
    {
        var (high, low) = (ids.NextId(), ids.NextId());
        return string.Create(null, stackalloc char[64], $"Root=1-{(uint)now.ToUnixTimeSeconds():x8}-{high:x16}{(uint)low:x8}");
    }
}
