using System.Text;
using Petrel.Aws.Logs;
using Petrel.Server.Edge;
using Petrel.Server.Services.Logs.Model;
using Petrel.Server.Services.Logs.Model.Filters;
using Petrel.Server.Services.Logs.Store;
using Petrel.Server.Services.Logs.Store.Segments;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Logs.Api;

/// <summary>The operations of CloudWatch Logs. What they have in common stands here; the rest by noun.</summary>
internal sealed partial class LogsService(
    LogGroupStore store,
    LogDirectory logs,
    ILogTail tail,
    IAuthorizer authorizer,
    IIdSource ids,
    TimeProvider time) : ILogs
{
    private const string StandardClass = "STANDARD";
    private const int ScanPage = 200;

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static GroupKey KeyOf(string? name, string? identifier, CallContext call)
    {
        var chosen = (name, identifier) switch
        {
            (null, null) => throw new InvalidParameterException("At least one of logGroupName or logGroupIdentifier must be provided."),
            (not null, not null) => throw new InvalidParameterException("LogGroup name and LogGroup identifier are mutually exclusive parameters."),
            _ => name ?? LogRules.NameOf(identifier!, call.Account, call.Region),
        };
        return new GroupKey(call.Account, call.Region, chosen);
    }

    private static GroupKey KeyOf(string name, CallContext call) => new(call.Account, call.Region, name);

    private async Task<GroupState> GetGroupAsync(GroupKey key, CallContext call) =>
        await store.ReadAsync(tx => LogGroupStore.FindAsync(tx, key), call.Aborted) ?? throw ResourceNotFoundException.Group();

    private Task<GroupState> ChangeGroupAsync(GroupKey key, CallContext call, Func<GroupState, GroupState> change) => store.WriteAsync(
        async tx =>
        {
            var changed = change(await LogGroupStore.FindAsync(tx, key) ?? throw ResourceNotFoundException.Group());
            LogGroupStore.Put(tx, key, changed);
            return changed;
        },
        call.Aborted).AsTask();

    /// <summary>All streams of a group that a client may name: those that clients made, and those that functions wrote to.</summary>
    private async Task<List<StreamSummary>> StreamsAsync(GroupKey key, GroupState group, CallContext call)
    {
        var written = (await logs.Open(key).StreamsAsync()).ToDictionary(s => s.Identity.Id);
        IReadOnlyList<StreamState> page = [];
        do
        {
            var after = page.Count == 0 ? null : page[^1].Name;
            page = await store.ReadAsync(async tx => await LogGroupStore.ListStreamsAsync(tx, group, after, ScanPage), call.Aborted);
            foreach (var stream in page)
            {
                written.TryAdd(stream.Id, Unwritten(stream));
            }
        }
        while (page.Count == ScanPage);

        return [.. written.Values];
    }

    /// <summary>A stream by name; null when the group has none.</summary>
    private async Task<StreamIdentity?> FindStreamAsync(GroupKey key, GroupState group, string name, CallContext call)
    {
        if (await store.ReadAsync(tx => LogGroupStore.FindStreamAsync(tx, group, name), call.Aborted) is { } made)
        {
            return new StreamIdentity(made.Id, made.Name, made.CreatedAt);
        }

        var written = await logs.Open(key).StreamsAsync();
        return written.Where(s => s.Identity.Name == name).MaxBy(s => s.Identity.CreatedAt)?.Identity;
    }

    private static StreamSummary Unwritten(StreamState stream) =>
        new(new StreamIdentity(stream.Id, stream.Name, stream.CreatedAt), 0, 0, 0, Events: 0);

    private static IEventFilter? ParseFilter(string? pattern)
    {
        try
        {
            return FilterPattern.Parse(pattern);
        }
        catch (FilterPatternException reason)
        {
            throw new InvalidParameterException(reason.Message);
        }
    }

    private static string ArnOf(GroupKey key) => $"arn:aws:logs:{key.Region}:{key.Account}:log-group:{key.Name}";

    private static string WriteToken(string last) => Convert.ToBase64String(Encoding.UTF8.GetBytes(last));

    private static string? ReadToken(string? token)
    {
        if (token is null)
        {
            return null;
        }

        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var written)
            ? Encoding.UTF8.GetString(bytes, 0, written)
            : throw new InvalidParameterException("The specified nextToken is invalid.");
    }
}
