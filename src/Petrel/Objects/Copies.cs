using Petrel.Client;
using Petrel.Terminal;

namespace Petrel.Objects;

internal enum SyncMode
{
    CopyAll,
    CopyChanged,

    /// <summary>And what is not at the source is deleted.</summary>
    Mirror,
}

/// <summary>Copies between files and objects.</summary>
internal sealed class Copies
{
    private const int FilesAtOnce = 4;
    private const int DeletionsAtOnce = 1_000;

    private readonly ObjectClient _client;
    private readonly CliContext _context;
    private readonly ProgressLine _progress;

    public Copies(ObjectClient client, CliContext context)
    {
        (_client, _context) = (client, context);
        _progress = new ProgressLine(context.Output, context.Output.IsTerminal, context.Time);
    }

    public async Task CopyOneAsync(string from, string to, CancellationToken cancellationToken)
    {
        switch (S3Address.IsAddress(from), S3Address.IsAddress(to))
        {
            case (false, true):
                var file = _context.Resolve(from);
                await UploadAsync(file, S3Address.Parse(to).Below(Path.GetFileName(file)), cancellationToken);
                break;
            case (true, false):
                var source = S3Address.Parse(from);
                var path = _context.Resolve(to);
                var isFolder = Directory.Exists(path) || to.EndsWith('/');
                await DownloadAsync(source, isFolder ? Path.Combine(path, source.Key[(source.Key.LastIndexOf('/') + 1)..]) : path, cancellationToken);
                break;
            case (true, true):
                var (a, b) = (S3Address.Parse(from), S3Address.Parse(to));
                var target = b.Below(a.Key[(a.Key.LastIndexOf('/') + 1)..]);
                await _client.CopyAsync(a, target, cancellationToken);
                _progress.Done($"{a} → {target}");
                break;
            default:
                throw new CliException("neither is in a bucket", "an address looks like s3://bucket/key");
        }
    }

    public async Task SynchroniseAsync(string from, string to, SyncMode mode, CancellationToken cancellationToken)
    {
        if (S3Address.IsAddress(from) == S3Address.IsAddress(to))
        {
            throw new CliException("one of the two must be a folder and the other in a bucket");
        }

        var uploads = S3Address.IsAddress(to);
        var remote = Folder(S3Address.Parse(uploads ? to : from));
        var local = _context.Resolve(uploads ? from : to);
        if (uploads && !Directory.Exists(local))
        {
            throw new CliException($"there is no folder {from}");
        }

        var files = ListFiles(local);
        var objects = await ListObjectsAsync(remote, cancellationToken);
        var target = uploads ? objects : files;
        var plan = SyncPlan.Make((uploads ? files : objects).Values, mode == SyncMode.CopyAll ? [] : target, deletes: mode == SyncMode.Mirror);
        var options = new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(plan.Copy, options, async (item, token) =>
        {
            var path = SafePath(local, item.Name);
            var address = remote with { Key = remote.Key + item.Name };
            await (uploads ? UploadAsync(path, address, token) : DownloadAsync(address, path, token));
        });
        await DeleteAsync(plan.Delete, uploads ? remote : null, local, cancellationToken);
        _context.Output.Step($"{Amounts.Count(plan.Copy.Count)} copied, {Amounts.Count(plan.Delete.Count)} deleted");
    }

    private async Task UploadAsync(string path, S3Address to, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new CliException($"there is no file {path}");
        }

        _progress.Expect(new FileInfo(path).Length);
        await new Upload(_client, _progress).SendAsync(path, to, cancellationToken);
        _progress.Done($"{Path.GetFileName(path)} → {to}");
    }

    private async Task DownloadAsync(S3Address from, string path, CancellationToken cancellationToken)
    {
        if (await _client.HeadAsync(from, cancellationToken) is { } head)
        {
            _progress.Expect(head.Size);
        }

        await new Download(_client, _progress).FetchAsync(from, path, cancellationToken);
        _progress.Done($"{from} → {path}");
    }

    private async Task DeleteAsync(IReadOnlyList<string> names, S3Address? remote, string local, CancellationToken cancellationToken)
    {
        if (remote is null)
        {
            foreach (var name in names)
            {
                File.Delete(SafePath(local, name));
            }

            return;
        }

        foreach (var piece in names.Chunk(DeletionsAtOnce))
        {
            await _client.DeleteAsync(remote.Bucket, piece.Select(name => remote.Key + name), cancellationToken);
        }
    }

    private async Task<Dictionary<string, SyncItem>> ListObjectsAsync(S3Address remote, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, SyncItem>(StringComparer.Ordinal);
        await foreach (var item in _client.ListAsync(remote, folded: false, cancellationToken))
        {
            var name = item.Key[remote.Key.Length..];
            if (name.Length > 0 && !name.EndsWith('/'))
            {
                found[name] = new SyncItem(name, item.Size ?? 0, item.Modified);
            }
        }

        return found;
    }

    private static Dictionary<string, SyncItem> ListFiles(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(static path => !path.EndsWith(".part", StringComparison.Ordinal))
            .Select(path => new SyncItem(Path.GetRelativePath(folder, path).Replace('\\', '/'), new FileInfo(path).Length, new DateTimeOffset(File.GetLastWriteTimeUtc(path))))
            .ToDictionary(static item => item.Name, StringComparer.Ordinal);
    }

    private static S3Address Folder(S3Address address) =>
        address.Key.Length == 0 || address.Key.EndsWith('/') ? address : address with { Key = address.Key + "/" };

    /// <summary>Keys may be anything; none leads out of the folder.</summary>
    private static string SafePath(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal)
            ? path
            : throw new CliException($"the key {name} leads out of {folder}");
    }
}
