using System.Threading.Channels;

namespace Petrel.Packaging;

/// <summary>Tells when files of a package change. One save is many events; they count as one change when they have come to rest.</summary>
internal sealed class FolderWatch : IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly FileSystemWatcher _watcher;
    private readonly string _folder;
    private readonly TimeProvider _time;

    public FolderWatch(string folder, TimeProvider time)
    {
        if (!Directory.Exists(folder))
        {
            throw new CliException($"there is no folder {folder}");
        }

        _folder = folder;
        _time = time;
        _watcher = new FileSystemWatcher(folder)
        {
            IncludeSubdirectories = true,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Attributes,
        };
        _watcher.Changed += (_, e) => Notice(e.FullPath);
        _watcher.Created += (_, e) => Notice(e.FullPath);
        _watcher.Deleted += (_, e) => Notice(e.FullPath);
        _watcher.Renamed += (_, e) => Notice(e.FullPath);
        _watcher.EnableRaisingEvents = true;
    }

    public void Dispose() => _watcher.Dispose();

    public async Task WaitForChangeAsync(CancellationToken cancellationToken)
    {
        await _changes.Reader.ReadAsync(cancellationToken);
        do
        {
            await Task.Delay(Rest, _time, cancellationToken);
        }
        while (_changes.Reader.TryRead(out _));
    }

    private void Notice(string path)
    {
        if (IsPartOfPackage(_folder, path))
        {
            _changes.Writer.TryWrite(true);
        }
    }

    /// <summary>Neither ignored files nor an editor's swap files.</summary>
    internal static bool IsPartOfPackage(string folder, string path)
    {
        var parts = Path.GetRelativePath(folder, path).Split('/');
        var name = parts[^1];
        if (name.EndsWith('~') || name.EndsWith(".swp", StringComparison.Ordinal) || name.StartsWith(".#", StringComparison.Ordinal))
        {
            return false;
        }

        var rules = IgnoreRules.Of(folder);
        return !Enumerable.Range(1, parts.Length).Any(count => rules.Ignores(string.Join('/', parts[..count]), isFolder: count < parts.Length));
    }
}
