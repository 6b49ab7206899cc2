using Petrel.Wire;

namespace Petrel.Aws.Logs;

public partial interface ILogs
{
    /// <summary>Answers when the events are on disk.</summary>
    /// <exception cref="InvalidParameterException">The batch breaks a rule: order, span, size.</exception>
    /// <exception cref="ResourceNotFoundException"/>
    [Access("log-group:{logGroupName}:log-stream:{logStreamName}")]
    Task<PutLogEventsResult> PutLogEvents(PutLogEventsRequest request, CallContext call);

    /// <summary>The events of one stream, backward from the newest page unless <c>startFromHead</c>.</summary>
    [Access("log-group:{logGroupName}:log-stream:{logStreamName}")]
    Task<GetLogEventsResult> GetLogEvents(GetLogEventsRequest request, CallContext call);

    /// <summary>The events of a group's streams that match a pattern, in the order of time.</summary>
    /// <exception cref="InvalidParameterException">The pattern is none.</exception>
    [Access("log-group:{logGroupName}")]
    Task<FilterLogEventsResult> FilterLogEvents(FilterLogEventsRequest request, CallContext call);

    /// <summary>Which of the given messages a pattern matches.</summary>
    [Access("*")]
    Task<TestMetricFilterResult> TestMetricFilter(TestMetricFilterRequest request, CallContext call);
}

public sealed record InputLogEvent([Range(0)] long Timestamp, [Length(1)] string Message);

/// <param name="SequenceToken">Ignored, as by the service since 2023.</param>
public sealed record PutLogEventsRequest(
    [Length(1, 512), Pattern(LogPatterns.Group)] string LogGroupName,
    [Length(1, 512), Pattern(LogPatterns.Stream)] string LogStreamName,
    [Length(1, 10_000)] IReadOnlyList<InputLogEvent> LogEvents,
    [Length(1)] string? SequenceToken = null);

public sealed record PutLogEventsResult(string NextSequenceToken, RejectedLogEventsInfo? RejectedLogEventsInfo = null);

/// <param name="TooNewLogEventStartIndex">The first that is more than two hours in the future; those behind it are too.</param>
/// <param name="TooOldLogEventEndIndex">Up to here (exclusive) they are older than 14 days.</param>
/// <param name="ExpiredLogEventEndIndex">Up to here (exclusive) they are older than the group's retention.</param>
public sealed record RejectedLogEventsInfo(
    int? TooNewLogEventStartIndex = null,
    int? TooOldLogEventEndIndex = null,
    int? ExpiredLogEventEndIndex = null);

public sealed record GetLogEventsRequest(
    [Length(1, 512), Pattern(LogPatterns.Stream)] string LogStreamName,
    [Length(1, 512), Pattern(LogPatterns.Group)] string? LogGroupName = null,
    [Length(1, 2_048), Pattern(LogPatterns.Identifier)] string? LogGroupIdentifier = null,
    [Range(0)] long? StartTime = null,
    [Range(0)] long? EndTime = null,
    [Length(1)] string? NextToken = null,
    [Range(1, 10_000)] int? Limit = null,
    bool StartFromHead = false,
    bool Unmask = false);

public sealed record GetLogEventsResult(IReadOnlyList<OutputLogEvent> Events, string NextForwardToken, string NextBackwardToken);

public sealed record OutputLogEvent(long Timestamp, string Message, long IngestionTime);

/// <param name="Interleaved">Events are always interleaved, as by the service since 2019.</param>
public sealed record FilterLogEventsRequest(
    [Length(1, 512), Pattern(LogPatterns.Group)] string? LogGroupName = null,
    [Length(1, 2_048), Pattern(LogPatterns.Identifier)] string? LogGroupIdentifier = null,
    [Length(1, 100)] IReadOnlyList<string>? LogStreamNames = null,
    [Length(1, 512), Pattern(LogPatterns.Stream)] string? LogStreamNamePrefix = null,
    [Range(0)] long? StartTime = null,
    [Range(0)] long? EndTime = null,
    [Length(0, 1_024)] string? FilterPattern = null,
    [Length(1)] string? NextToken = null,
    [Range(1, 10_000)] int? Limit = null,
    bool Interleaved = true,
    bool Unmask = false);

public sealed record FilterLogEventsResult(
    IReadOnlyList<FilteredLogEvent> Events,
    IReadOnlyList<SearchedLogStream> SearchedLogStreams,
    string? NextToken = null);

public sealed record FilteredLogEvent(string LogStreamName, long Timestamp, string Message, long IngestionTime, string EventId);

/// <summary>Never sent: the service leaves the list empty since 2019.</summary>
public sealed record SearchedLogStream(string LogStreamName, bool SearchedCompletely);

public sealed record TestMetricFilterRequest(
    [Length(0, 1_024)] string FilterPattern,
    [Length(1, 50)] IReadOnlyList<string> LogEventMessages);

public sealed record TestMetricFilterResult(IReadOnlyList<MetricFilterMatch> Matches);

public sealed record MetricFilterMatch(long EventNumber, string EventMessage, IReadOnlyDictionary<string, string> ExtractedValues);
