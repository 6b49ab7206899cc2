using Petrel.Storage.Files;

namespace Petrel.Storage.Blobs;

/// <summary>The files of blobs: 256 folders by the first two digits of the id, so that none grows large.</summary>
internal sealed class BlobFolder
{
    private const string Unfinished = ".tmp";
    private const int DiskFull = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT

    private readonly string _root;

    public BlobFolder(string root)
    {
        _root = root;
        DurableFiles.CreateDirectory(root);
    }

    public static bool IsDiskFull(IOException exception) =>
        (exception.HResult & 0xFFFF) is DiskFull or QuotaExceeded or 0x70 or 0x27;

    public string PathOf(string id) => Path.Combine(_root, id[..2], id);

    public FileStream Create(string id)
    {
        var path = PathOf(id);
        DurableFiles.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FileStream(path + Unfinished, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        });
    }

    /// <summary>Gives a finished, synced file its name.</summary>
    public void Keep(string id) => DurableFiles.Rename(PathOf(id) + Unfinished, PathOf(id));

    public void Discard(string id) => File.Delete(PathOf(id) + Unfinished);

    public FileStream Open(BlobRef blob)
    {
        var path = PathOf(blob.Id);
        try
        {
            var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous, BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete });
            if (file.Length == blob.Size)
            {
                return file;
            }

            file.Dispose();
            throw new StoreCorruptException($"The file of blob {blob.Id} has another size than was written.");
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new FileNotFoundException($"There is no blob {blob.Id}.", exception);
        }
    }

    /// <summary>Removes a blob's file, finished or not; it may be gone already.</summary>
    public void Remove(string id)
    {
        if (Directory.Exists(Path.GetDirectoryName(PathOf(id))))
        {
            File.Delete(PathOf(id));
            Discard(id);
        }
    }

    /// <summary>The ids of files last written before a moment.</summary>
    public IEnumerable<string> OlderThan(DateTimeOffset moment) => Directory.EnumerateDirectories(_root)
        .SelectMany(Directory.EnumerateFiles)
        .Where(path => File.GetLastWriteTimeUtc(path) < moment.UtcDateTime)
        .Select(path => Path.GetFileName(path).Replace(Unfinished, "", StringComparison.Ordinal));
}
