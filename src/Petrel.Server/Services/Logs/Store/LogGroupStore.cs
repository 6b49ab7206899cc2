using Petrel.Server.Services.Logs.Model;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.Logs.Store;

/// <summary>Groups by account, region and name; clients' streams by group id and name.</summary>
internal sealed class LogGroupStore(IStore store)
{
    private static readonly Subspace Groups = new("logs", "group");
    private static readonly Subspace Streams = new("logs", "stream");

    public ValueTask<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read, CancellationToken cancellationToken = default) =>
        store.ReadAsync(read, cancellationToken);

    public ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken = default) =>
        store.WriteAsync(write, cancellationToken);

    public static async ValueTask<GroupState?> FindAsync(IReadTransaction tx, GroupKey key) =>
        await tx.GetAsync(Groups.Key(key.Account, key.Region, key.Name)) is { } value ? StateJson.Read<GroupState>(value) : null;

    public static void Put(IWriteTransaction tx, GroupKey key, GroupState group) =>
        tx.Put(Groups.Key(key.Account, key.Region, key.Name), StateJson.Write(group));

    public static void Delete(IWriteTransaction tx, GroupKey key, GroupState group)
    {
        tx.Delete(Groups.Key(key.Account, key.Region, key.Name));
        tx.DeleteRange(Streams.Range(group.Id));
    }

    /// <summary>Groups in the order of names, those after <paramref name="after"/>.</summary>
    public static async ValueTask<List<GroupState>> ListAsync(IReadTransaction tx, string account, string region, string? after, int limit)
    {
        var range = Groups.Range(account, region);
        range = after is null ? range : range.After(Groups.Key(account, region, after));
        return [.. (await tx.ScanAsync(range, limit)).Select(pair => StateJson.Read<GroupState>(pair.Value))];
    }

    /// <summary>The groups of all accounts, page by page, for the sweeper.</summary>
    public static async ValueTask<List<(GroupKey Key, GroupState Group)>> ListAllAsync(IReadTransaction tx, GroupKey? after, int limit)
    {
        var range = Groups.Range();
        range = after is { } last ? range.After(Groups.Key(last.Account, last.Region, last.Name)) : range;
        var found = new List<(GroupKey, GroupState)>();
        foreach (var pair in await tx.ScanAsync(range, limit))
        {
            var parts = Groups.Unpack(pair.Key);
            found.Add((new GroupKey(parts[0].Text, parts[1].Text, parts[2].Text), StateJson.Read<GroupState>(pair.Value)));
        }

        return found;
    }

    public static async ValueTask<StreamState?> FindStreamAsync(IReadTransaction tx, GroupState group, string name) =>
        await tx.GetAsync(Streams.Key(group.Id, name)) is { } value ? StateJson.Read<StreamState>(value) : null;

    public static void PutStream(IWriteTransaction tx, GroupState group, StreamState stream) =>
        tx.Put(Streams.Key(group.Id, stream.Name), StateJson.Write(stream));

    public static void DeleteStream(IWriteTransaction tx, GroupState group, string name) => tx.Delete(Streams.Key(group.Id, name));

    /// <summary>All streams that clients made, in the order of names.</summary>
    public static async ValueTask<List<StreamState>> ListStreamsAsync(IReadTransaction tx, GroupState group, string? after, int limit)
    {
        var range = Streams.Range(group.Id);
        range = after is null ? range : range.After(Streams.Key(group.Id, after));
        return [.. (await tx.ScanAsync(range, limit)).Select(pair => StateJson.Read<StreamState>(pair.Value))];
    }
}
