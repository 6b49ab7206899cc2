using System.Collections.Concurrent;
using Petrel.Server.Services.Logs.Model;
using Petrel.Server.Services.Logs.Store.Segments;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel.Server.Services.Logs.Store;

/// <summary>The logs of groups by name, each opened at most once. Holding one costs a few hundred bytes until it is written or read.</summary>
internal sealed class LogDirectory(LogGroupStore groups, PetrelOptions options, LogTicker ticker, IIdSource ids, TimeProvider time) : IAsyncDisposable
{
    private const string FolderName = "logs";

    private readonly ConcurrentDictionary<GroupKey, GroupLog> _logs = new();
    private readonly string _root = Path.Combine(options.Storage.Data, FolderName);

    private readonly LogLimits _limits = new(
        Math.Min(options.Logs.SegmentMb, options.Logs.MaxGroupMb / 2) * 1024L * 1024,
        options.Logs.MaxGroupMb * 1024L * 1024);

    /// <summary>The log of a group; cheap, and without a look at the disk.</summary>
    public GroupLog Open(GroupKey key)
    {
        var log = _logs.GetOrAdd(key, Create);
        if (log.Deleted)
        {
            _logs.TryRemove(new KeyValuePair<GroupKey, GroupLog>(key, log));
            log = _logs.GetOrAdd(key, Create);
        }

        return log;
    }

    /// <summary>Removes the log of a group whose record is gone.</summary>
    public async Task DeleteAsync(GroupKey key, GroupState group)
    {
        if (_logs.TryRemove(key, out var log))
        {
            await log.DeleteAsync(FolderOf(group.Id));
        }
        else if (Directory.Exists(FolderOf(group.Id)))
        {
            DeleteFolder(group.Id);
        }
    }

    /// <summary>Bytes of a group's files.</summary>
    public long StoredBytes(GroupState group)
    {
        var folder = new DirectoryInfo(FolderOf(group.Id));
        return folder.Exists ? folder.EnumerateFiles("*" + Segment.Extension).Sum(file => file.Length) : 0;
    }

    /// <summary>The ids of all groups that have files.</summary>
    public HashSet<ulong> GroupFolders() => Directory.Exists(_root)
        ? [.. Directory.EnumerateDirectories(_root)
            .Select(path => ulong.TryParse(Path.GetFileName(path), System.Globalization.NumberStyles.HexNumber, null, out var id) ? id : 0)
            .Where(id => id != 0)]
        : [];

    /// <summary>Removes the files of a group that is gone.</summary>
    public void DeleteFolder(ulong groupId) => Directory.Delete(FolderOf(groupId), recursive: true);

    /// <summary>Completes when all lines taken so far are in the files.</summary>
    public async Task FlushAsync()
    {
        foreach (var log in _logs.Values)
        {
            await log.FlushAsync(toDisk: false);
        }
    }

    /// <summary>Copies the files of all groups into the folder of a backup, while they are written.</summary>
    public void CopyInto(string backup) => SegmentCopy.Write(_root, Path.Combine(backup, FolderName));

    public async ValueTask DisposeAsync()
    {
        foreach (var log in _logs.Values)
        {
            await log.CloseAsync();
        }
    }

    private GroupLog Create(GroupKey key) =>
        new(new GroupLocation(key.Account, key.Region, key.Name, ResolveAsync), _limits, ids, time, ticker);

    /// <summary>The folder of the group; a function's group is made here, with its first line.</summary>
    private async Task<string?> ResolveAsync(GroupLocation location, bool create)
    {
        var key = new GroupKey(location.Account, location.Region, location.Name);
        var group = await groups.ReadAsync(tx => LogGroupStore.FindAsync(tx, key));
        if (group is null && create)
        {
            var fresh = new GroupState(ids.NextId(), key.Name, time.GetUtcNow().ToUnixTimeMilliseconds());
            group = await groups.WriteAsync(async tx =>
            {
                if (await LogGroupStore.FindAsync(tx, key) is { } other)
                {
                    return other;
                }

                LogGroupStore.Put(tx, key, fresh);
                return fresh;
            });
        }

        return group is null ? null : FolderOf(group.Id);
    }

    private string FolderOf(ulong groupId) => Path.Combine(_root, groupId.ToString("x16"));
}
