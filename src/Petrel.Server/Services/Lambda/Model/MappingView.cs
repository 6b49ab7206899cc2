using Petrel.Aws.EventSources;
using Petrel.Aws.Lambda;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>Mappings as answers show them.</summary>
internal static class MappingView
{
    /// <param name="result">What came of the last batch.</param>
    /// <param name="traits">Null when the kind of source is not here any more.</param>
    public static EventSourceMappingConfiguration Of(MappingRecord mapping, string result, EventSourceTraits? traits)
    {
        var settings = mapping.Settings;
        var view = new EventSourceMappingConfiguration(
            mapping.Uuid,
            mapping.FunctionArn,
            mapping.State,
            mapping.Reason,
            mapping.LastModified,
            mapping.Key.Arn,
            mapping.SourceArn,
            BatchSize: settings.BatchSize,
            MaximumBatchingWindowInSeconds: settings.WindowSeconds,
            FilterCriteria: settings.Filters.Length == 0 ? null : new FilterCriteria([.. settings.Filters.Select(f => new Filter(f))]),
            FunctionResponseTypes: settings.ReportsItemFailures ? ["ReportBatchItemFailures"] : []);
        return traits is { IsStream: false } ? view : view with
        {
            StartingPosition = mapping.StartingPosition,
            StartingPositionTimestamp = mapping.StartingTimestamp,
            ParallelizationFactor = settings.Parallelization,
            LastProcessingResult = result,
            DestinationConfig = new DestinationConfig(null, new Destination()),
            MaximumRecordAgeInSeconds = settings.MaxAgeSeconds,
            BisectBatchOnFunctionError = settings.Bisects,
            MaximumRetryAttempts = settings.MaxRetries,
            TumblingWindowInSeconds = settings.TumblingSeconds,
        };
    }
}
