using Petrel.Aws.EventSources;
using Petrel.Server.Events.Patterns;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>One ownership of a mapping: from when it is started with its settings until it is stopped.</summary>
internal sealed class MappingRun(MappingRecord mapping, IEventStream source, long epoch, TimeProvider time)
{
    private readonly EventPattern[] _filters = [.. mapping.Settings.Filters.Select(f => EventPattern.Parse(f, PatternDialect.Filters))];

    public MappingRecord Mapping { get; } = mapping;

    public MappingSettings Settings => Mapping.Settings;

    public IEventStream Source { get; } = source;

    public long Epoch { get; } = epoch;

    /// <summary>What came of the last batch of any shard; null before the first.</summary>
    public (string Text, DateTimeOffset At)? Result { get; private set; }

    public KeyValuePair<string, object?> Tag { get; } = MappingMetrics.Of(mapping.Function.Name);

    public void Report(string result) => Result = (result, time.GetUtcNow());

    public bool LetsThrough(StreamEvent record)
    {
        if (_filters.Length == 0)
        {
            return true;
        }

        foreach (var filter in _filters)
        {
            if (filter.Matches(record.FilterJson ?? record.Json))
            {
                return true;
            }
        }

        return false;
    }
}
