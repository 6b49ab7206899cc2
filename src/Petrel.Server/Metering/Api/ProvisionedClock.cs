using Petrel.Functions;

namespace Petrel.Server.Metering.Api;

/// <summary>How long provisioned instances of one configuration have been kept, in whole milliseconds; what is left of one is counted next time.</summary>
internal sealed class ProvisionedClock(FunctionSpec spec, long startTimestamp)
{
    private readonly Lock _lock = new();
    private long _since = startTimestamp;
    private int _instances;

    public FunctionSpec Spec => spec;

    /// <summary>MB milliseconds since the last call; from now on there are so many instances.</summary>
    public long Set(int instances, TimeProvider time)
    {
        lock (_lock)
        {
            var kept = Read(time);
            _instances = instances;
            return kept;
        }
    }

    /// <summary>MB milliseconds since the last call.</summary>
    public long Read(TimeProvider time)
    {
        lock (_lock)
        {
            var elapsedMs = time.GetElapsedTime(_since).Ticks / TimeSpan.TicksPerMillisecond;
            _since += elapsedMs * time.TimestampFrequency / 1_000;
            return elapsedMs * _instances * spec.MemoryMb;
        }
    }
}
