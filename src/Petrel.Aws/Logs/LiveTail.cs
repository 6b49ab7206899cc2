using Petrel.Wire;

namespace Petrel.Aws.Logs;

public partial interface ILogs
{
    /// <summary>New events of groups as they come: <see cref="SessionStart"/>, then a <see cref="SessionUpdate"/> each second.</summary>
    /// <remarks>The rights are asked for each group.</remarks>
    [Access("*", Open = true)]
    Task<StartLiveTailResult> StartLiveTail(StartLiveTailRequest request, CallContext call);
}

/// <summary>The same in process, event by event and at once.</summary>
public interface ILogTail
{
    /// <summary>Events that arrive after the call, until the token is cancelled; a group that does not exist yet is waited for.</summary>
    IAsyncEnumerable<TailEvent> FollowAsync(TailRequest request, CancellationToken cancellationToken = default);
}

/// <param name="Since">Also the events since this time, first; null for only new ones.</param>
/// <param name="Filter">A filter pattern.</param>
public sealed record TailRequest(string Account, string Region, string LogGroup, DateTimeOffset? Since = null, string? Filter = null);

public sealed record TailEvent(string LogGroup, string LogStream, DateTimeOffset Timestamp, DateTimeOffset IngestionTime, string Message);

public sealed record StartLiveTailRequest(
    [Length(1, 10)] IReadOnlyList<string> LogGroupIdentifiers,
    [Length(1, 100)] IReadOnlyList<string>? LogStreamNames = null,
    [Length(1, 100)] IReadOnlyList<string>? LogStreamNamePrefixes = null,
    [Length(0, 1_024)] string? LogEventFilterPattern = null);

public sealed record StartLiveTailResult([EventStream] IAsyncEnumerable<LiveTailEvent> ResponseStream);

/// <summary>What a live tail's stream consists of.</summary>
public abstract record LiveTailEvent;

public sealed record SessionStart(
    string RequestId,
    string SessionId,
    IReadOnlyList<string> LogGroupIdentifiers,
    IReadOnlyList<string>? LogStreamNames = null,
    IReadOnlyList<string>? LogStreamNamePrefixes = null,
    string? LogEventFilterPattern = null) : LiveTailEvent;

public sealed record SessionUpdate(LiveTailSessionMetadata SessionMetadata, IReadOnlyList<LiveTailSessionLogEvent> SessionResults) : LiveTailEvent;

/// <param name="Sampled">More than 500 events came in this second; the others are left out.</param>
public sealed record LiveTailSessionMetadata(bool Sampled);

public sealed record LiveTailSessionLogEvent(
    string LogStreamName,
    string LogGroupIdentifier,
    string Message,
    long Timestamp,
    long IngestionTime);
