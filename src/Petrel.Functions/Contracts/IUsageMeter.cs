namespace Petrel.Functions;

/// <summary>
/// Counts what functions use. The server's metering stands behind it; an engine without one counts only its metrics. It is called on the
/// path of every invocation, so that it neither waits nor allocates.
/// </summary>
public interface IUsageMeter
{
    /// <summary>An invocation has ended, in whatever way.</summary>
    void Invoked(FunctionSpec spec, Invocation invocation, InvocationResult result);

    /// <summary>An invocation was refused and never started.</summary>
    void Throttled(FunctionSpec spec, ThrottleReason reason);

    /// <summary>From now on so many instances of this configuration are kept ready.</summary>
    void Provisioned(FunctionSpec spec, int instances);
}
