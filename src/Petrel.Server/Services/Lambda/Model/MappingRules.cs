using Petrel.Aws.EventSources;
using Petrel.Aws.Lambda;
using Petrel.Server.Events.Patterns;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>What a mapping may ask for: the service's checks and defaults.</summary>
internal static class MappingRules
{
    /// <summary>Lambda's quota, when it is raised as far as it goes.</summary>
    private const int MaxFilters = 10;

    private const int MinAgeSeconds = 60;

    private static readonly HashSet<string> Destinations = new(["sqs", "sns", "s3", "kafka"], StringComparer.Ordinal);

    /// <summary>Checks what a request says of where to begin.</summary>
    /// <exception cref="InvalidParameterValueException"/>
    public static void CheckStart(CreateEventSourceMappingRequest request, EventSourceTraits traits)
    {
        if (!traits.IsStream)
        {
            return;
        }

        if (request.StartingPosition is null)
        {
            throw new InvalidParameterValueException(
                "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.");
        }

        if (!traits.StartingPositions.Contains(request.StartingPosition))
        {
            throw new InvalidParameterValueException($"Unsupported starting position for arn type: {request.EventSourceArn}");
        }

        if (request.StartingPosition == "AT_TIMESTAMP" != request.StartingPositionTimestamp is not null)
        {
            throw new InvalidParameterValueException(
                request.StartingPositionTimestamp is null
                    ? "Timestamp must not be null when AT_TIMESTAMP is the starting position."
                    : "Timestamp is not supported for this starting position.");
        }
    }

    /// <summary>The settings that a request asks for, over those before or the defaults.</summary>
    /// <param name="before">Null for a mapping that is made.</param>
    /// <exception cref="InvalidParameterValueException"/>
    public static MappingSettings Settings(IEventSourceMappingSettings asked, EventSourceTraits traits, MappingSettings? before)
    {
        if (asked.BatchSize > traits.MaxBatchSize)
        {
            throw new InvalidParameterValueException($"Batch size {asked.BatchSize} is larger than the {traits.MaxBatchSize} of this event source.");
        }

        if (asked.MaximumRecordAgeInSeconds is >= 0 and < MinAgeSeconds)
        {
            throw new InvalidParameterValueException(
                $"MaximumRecordAgeInSeconds must be -1 or between {MinAgeSeconds} and 604800, not {asked.MaximumRecordAgeInSeconds}.");
        }

        return new MappingSettings(
            asked.BatchSize ?? before?.BatchSize ?? traits.DefaultBatchSize,
            asked.MaximumBatchingWindowInSeconds ?? before?.WindowSeconds ?? 0,
            asked.ParallelizationFactor ?? before?.Parallelization ?? 1,
            asked.FilterCriteria is null ? before?.Filters ?? [] : ReadFilters(asked.FilterCriteria),
            asked.MaximumRecordAgeInSeconds ?? before?.MaxAgeSeconds ?? -1,
            asked.MaximumRetryAttempts ?? before?.MaxRetries ?? -1,
            asked.BisectBatchOnFunctionError ?? before?.Bisects ?? false,
            asked.TumblingWindowInSeconds ?? before?.TumblingSeconds ?? 0,
            asked.FunctionResponseTypes is null ? before?.ReportsItemFailures ?? false : asked.FunctionResponseTypes.Count > 0);
    }

    /// <summary>Destinations of failures: none are here yet, and each is refused by name.</summary>
    public static void CheckDestinations(string operation, DestinationConfig? config, EventSourceTraits? traits)
    {
        if (config is null)
        {
            return;
        }

        if (traits is { IsStream: false } || !string.IsNullOrEmpty(config.OnSuccess?.Arn))
        {
            throw new InvalidParameterValueException("Unsupported DestinationConfig parameter for given event source mapping type.");
        }

        if (config.OnFailure?.Arn is not { Length: > 0 } arn)
        {
            return;
        }

        var service = arn.StartsWith("kafka://", StringComparison.Ordinal) ? "kafka" : arn.Split(':') is [_, _, var named, ..] ? named : "";
        throw Destinations.Contains(service)
            ? Unsupported.Member(operation, $"DestinationConfig.OnFailure of {service}")
            : new InvalidParameterValueException(
                $"The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination={arn})) is invalid.");
    }

    private static string[] ReadFilters(FilterCriteria criteria)
    {
        var patterns = (criteria.Filters ?? []).Select(filter => filter.Pattern ?? "").ToArray();
        if (patterns.Length > MaxFilters)
        {
            throw new InvalidParameterValueException($"Too many filters: {patterns.Length}. The maximum is {MaxFilters}.");
        }

        foreach (var pattern in patterns)
        {
            try
            {
                EventPattern.Parse(pattern, PatternDialect.Filters);
            }
            catch (PatternException)
            {
                throw new InvalidParameterValueException("Invalid filter pattern definition.");
            }
        }

        return patterns;
    }
}
