using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("POST", "/2015-03-31/event-source-mappings", Status = 202), Access("*")]
    Task<EventSourceMappingConfiguration> CreateEventSourceMapping(CreateEventSourceMappingRequest request, CallContext call);

    [Http("GET", "/2015-03-31/event-source-mappings/{UUID}"), Access("event-source-mapping:{UUID}")]
    Task<EventSourceMappingConfiguration> GetEventSourceMapping(GetEventSourceMappingRequest request, CallContext call);

    [Http("PUT", "/2015-03-31/event-source-mappings/{UUID}", Status = 202), Access("event-source-mapping:{UUID}")]
    Task<EventSourceMappingConfiguration> UpdateEventSourceMapping(UpdateEventSourceMappingRequest request, CallContext call);

    [Http("DELETE", "/2015-03-31/event-source-mappings/{UUID}", Status = 202), Access("event-source-mapping:{UUID}")]
    Task<EventSourceMappingConfiguration> DeleteEventSourceMapping(DeleteEventSourceMappingRequest request, CallContext call);

    [Http("GET", "/2015-03-31/event-source-mappings"), Access("*")]
    Task<ListEventSourceMappingsResult> ListEventSourceMappings(ListEventSourceMappingsRequest request, CallContext call);
}

/// <summary>What a mapping does with batches; every member of it may be given when a mapping is made or changed.</summary>
public interface IEventSourceMappingSettings
{
    bool? Enabled { get; }

    int? BatchSize { get; }

    FilterCriteria? FilterCriteria { get; }

    int? MaximumBatchingWindowInSeconds { get; }

    int? ParallelizationFactor { get; }

    DestinationConfig? DestinationConfig { get; }

    int? MaximumRecordAgeInSeconds { get; }

    bool? BisectBatchOnFunctionError { get; }

    int? MaximumRetryAttempts { get; }

    int? TumblingWindowInSeconds { get; }

    List<string>? FunctionResponseTypes { get; }

    List<SourceAccessConfiguration>? SourceAccessConfigurations { get; }

    AmazonManagedKafkaEventSourceConfig? AmazonManagedKafkaEventSourceConfig { get; }

    SelfManagedKafkaEventSourceConfig? SelfManagedKafkaEventSourceConfig { get; }

    ScalingConfig? ScalingConfig { get; }

    DocumentDBEventSourceConfig? DocumentDBEventSourceConfig { get; }

    string? KMSKeyArn { get; }

    EventSourceMappingMetricsConfig? MetricsConfig { get; }

    EventSourceMappingLoggingConfig? LoggingConfig { get; }

    ProvisionedPollerConfig? ProvisionedPollerConfig { get; }
}

public sealed record CreateEventSourceMappingRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [Pattern(LambdaPatterns.SourceArn)] string? EventSourceArn = null,
    bool? Enabled = null,
    [Range(1, 10_000)] int? BatchSize = null,
    FilterCriteria? FilterCriteria = null,
    [Range(0, 300)] int? MaximumBatchingWindowInSeconds = null,
    [Range(1, 10)] int? ParallelizationFactor = null,
    [OneOf("LATEST", "AT_TIMESTAMP", "TRIM_HORIZON")] string? StartingPosition = null,
    DateTimeOffset? StartingPositionTimestamp = null,
    DestinationConfig? DestinationConfig = null,
    [Range(-1, 604_800)] int? MaximumRecordAgeInSeconds = null,
    bool? BisectBatchOnFunctionError = null,
    [Range(-1, 10_000)] int? MaximumRetryAttempts = null,
    Dictionary<string, string>? Tags = null,
    [Range(0, 900)] int? TumblingWindowInSeconds = null,
    [Length(1, 1)] List<string>? Topics = null,
    [Length(1, 1)] List<string>? Queues = null,
    [Length(0, 22)] List<SourceAccessConfiguration>? SourceAccessConfigurations = null,
    SelfManagedEventSource? SelfManagedEventSource = null,
    [Length(0, 1), OneOf("ReportBatchItemFailures")] List<string>? FunctionResponseTypes = null,
    AmazonManagedKafkaEventSourceConfig? AmazonManagedKafkaEventSourceConfig = null,
    SelfManagedKafkaEventSourceConfig? SelfManagedKafkaEventSourceConfig = null,
    ScalingConfig? ScalingConfig = null,
    DocumentDBEventSourceConfig? DocumentDBEventSourceConfig = null,
    [Pattern(LambdaPatterns.ResourceArn)] string? KMSKeyArn = null,
    EventSourceMappingMetricsConfig? MetricsConfig = null,
    EventSourceMappingLoggingConfig? LoggingConfig = null,
    ProvisionedPollerConfig? ProvisionedPollerConfig = null) : IEventSourceMappingSettings;

public sealed record UpdateEventSourceMappingRequest(
    string UUID,
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string? FunctionName = null,
    bool? Enabled = null,
    [Range(1, 10_000)] int? BatchSize = null,
    FilterCriteria? FilterCriteria = null,
    [Range(0, 300)] int? MaximumBatchingWindowInSeconds = null,
    DestinationConfig? DestinationConfig = null,
    [Range(-1, 604_800)] int? MaximumRecordAgeInSeconds = null,
    bool? BisectBatchOnFunctionError = null,
    [Range(-1, 10_000)] int? MaximumRetryAttempts = null,
    [Range(1, 10)] int? ParallelizationFactor = null,
    [Length(0, 22)] List<SourceAccessConfiguration>? SourceAccessConfigurations = null,
    [Range(0, 900)] int? TumblingWindowInSeconds = null,
    [Length(0, 1), OneOf("ReportBatchItemFailures")] List<string>? FunctionResponseTypes = null,
    ScalingConfig? ScalingConfig = null,
    AmazonManagedKafkaEventSourceConfig? AmazonManagedKafkaEventSourceConfig = null,
    SelfManagedKafkaEventSourceConfig? SelfManagedKafkaEventSourceConfig = null,
    DocumentDBEventSourceConfig? DocumentDBEventSourceConfig = null,
    [Pattern(LambdaPatterns.ResourceArn)] string? KMSKeyArn = null,
    EventSourceMappingMetricsConfig? MetricsConfig = null,
    EventSourceMappingLoggingConfig? LoggingConfig = null,
    ProvisionedPollerConfig? ProvisionedPollerConfig = null) : IEventSourceMappingSettings;

public sealed record GetEventSourceMappingRequest(string UUID);

public sealed record DeleteEventSourceMappingRequest(string UUID);

public sealed record ListEventSourceMappingsRequest(
    [FromQuery("EventSourceArn"), Pattern(LambdaPatterns.SourceArn)] string? EventSourceArn = null,
    [FromQuery("FunctionName"), Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string? FunctionName = null,
    [FromQuery("Marker")] string? Marker = null,
    [FromQuery("MaxItems"), Range(1, 10_000)] int? MaxItems = null);

public sealed record ListEventSourceMappingsResult(List<EventSourceMappingConfiguration> EventSourceMappings, string? NextMarker = null);

/// <summary>A mapping as answers show it; which members it has depends on the kind of its source.</summary>
/// <param name="State"><c>Creating</c>, <c>Enabling</c>, <c>Enabled</c>, <c>Disabling</c>, <c>Disabled</c>, <c>Updating</c> or <c>Deleting</c>.</param>
/// <param name="LastProcessingResult"><c>No records processed</c>, <c>OK</c> or <c>PROBLEM: …</c>; only of streams.</param>
public sealed record EventSourceMappingConfiguration(
    string UUID,
    string FunctionArn,
    string State,
    string StateTransitionReason,
    DateTimeOffset LastModified,
    string EventSourceMappingArn,
    string? EventSourceArn = null,
    string? StartingPosition = null,
    DateTimeOffset? StartingPositionTimestamp = null,
    int? BatchSize = null,
    int? MaximumBatchingWindowInSeconds = null,
    int? ParallelizationFactor = null,
    FilterCriteria? FilterCriteria = null,
    string? LastProcessingResult = null,
    DestinationConfig? DestinationConfig = null,
    int? MaximumRecordAgeInSeconds = null,
    bool? BisectBatchOnFunctionError = null,
    int? MaximumRetryAttempts = null,
    int? TumblingWindowInSeconds = null,
    List<string>? FunctionResponseTypes = null,
    ScalingConfig? ScalingConfig = null);

/// <summary>Which records reach the function: those that one of the patterns matches.</summary>
public sealed record FilterCriteria(List<Filter>? Filters = null);

/// <param name="Pattern">An event pattern, as JSON.</param>
public sealed record Filter([Length(0, 4096)] string? Pattern = null);

public sealed record SourceAccessConfiguration(
    [OneOf(
        "BASIC_AUTH",
        "VPC_SUBNET",
        "VPC_SECURITY_GROUP",
        "SASL_SCRAM_512_AUTH",
        "SASL_SCRAM_256_AUTH",
        "VIRTUAL_HOST",
        "CLIENT_CERTIFICATE_TLS_AUTH",
        "SERVER_ROOT_CA_CERTIFICATE")] string? Type = null,
    [Length(1, 200)] string? URI = null);

public sealed record SelfManagedEventSource(Dictionary<string, List<string>>? Endpoints = null);

public sealed record AmazonManagedKafkaEventSourceConfig([Length(1, 200)] string? ConsumerGroupId = null);

public sealed record SelfManagedKafkaEventSourceConfig([Length(1, 200)] string? ConsumerGroupId = null);

/// <param name="MaximumConcurrency">How many instances of the function a queue's mapping uses at once.</param>
public sealed record ScalingConfig([Range(2, 1000)] int? MaximumConcurrency = null);

public sealed record DocumentDBEventSourceConfig(
    [Length(1, 63)] string? DatabaseName = null,
    [Length(1, 57)] string? CollectionName = null,
    [OneOf("UpdateLookup", "Default")] string? FullDocument = null);

public sealed record EventSourceMappingMetricsConfig(
    [Length(0, 3), OneOf("EventCount", "ErrorCount", "KafkaMetrics")] List<string>? Metrics = null);

public sealed record EventSourceMappingLoggingConfig([OneOf("DEBUG", "INFO", "WARN")] string? SystemLogLevel = null);

public sealed record ProvisionedPollerConfig(
    [Range(1, 200)] int? MinimumPollers = null,
    [Range(1, 2000)] int? MaximumPollers = null,
    [Length(0, 128)] string? PollerGroupName = null);
