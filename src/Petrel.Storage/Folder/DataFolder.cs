using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Petrel.Storage.Files;

namespace Petrel.Storage.Folder;

/// <summary>
/// The data folder: locked by one daemon, and marked with the version of its format. A newer one is refused, an older one migrated step
/// by step.
/// </summary>
/// <remarks><c>LOCK</c>, <c>FORMAT</c>, <c>store/</c> (the engine), <c>blobs/</c>.</remarks>
internal sealed class DataFolder : IDisposable
{
    /// <summary>The version that this program writes.</summary>
    public const int CurrentFormat = 1;

    private const string FormatFile = "FORMAT";
    private const string LockFile = "LOCK";
    private const string StoreFolder = "store";
    private const string BlobsFolder = "blobs";

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream folderLock) => (Path, _lock) = (path, folderLock);

    public string Path { get; }

    public string StorePath => System.IO.Path.Combine(Path, StoreFolder);

    public string BlobsPath => System.IO.Path.Combine(Path, BlobsFolder);

    /// <summary>Locks the folder, creating it when it is missing, and brings it to the current format.</summary>
    public static DataFolder Open(string path, string engine) => Open(path, engine, CurrentFormat, []);

    public static DataFolder Open(string path, string engine, int format, IReadOnlyList<IDataMigration> migrations)
    {
        var full = System.IO.Path.GetFullPath(path);
        DurableFiles.CreateDirectory(full);
        KeepPrivate(full);
        var folder = new DataFolder(full, Lock(full));
        try
        {
            folder.Check(engine, format, migrations);
            return folder;
        }
        catch (Exception)
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Whether a folder holds nothing of a store, so that a restore may fill it.</summary>
    public static bool IsUnused(string path) =>
        !File.Exists(System.IO.Path.Combine(path, FormatFile))
        && !Directory.Exists(System.IO.Path.Combine(path, StoreFolder))
        && !Directory.Exists(System.IO.Path.Combine(path, BlobsFolder));

    /// <summary>Marks a folder, once all that it should hold is there and durable.</summary>
    public static void WriteFormat(string path, FolderFormat format) =>
        DurableFiles.Write(System.IO.Path.Combine(path, FormatFile), JsonSerializer.SerializeToUtf8Bytes(format, FolderJson.Default.FolderFormat));

    public static FolderFormat ReadFormat(string path)
    {
        var file = System.IO.Path.Combine(path, FormatFile);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), FolderJson.Default.FolderFormat) ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw new StoreCorruptException($"{file} does not read.", exception);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, LockFile);
        try
        {
            var folderLock = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            folderLock.SetLength(0);
            folderLock.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            folderLock.Flush();
            return folderLock;
        }
        catch (IOException exception)
        {
            throw new StoreException($"The data folder {path} is in use by another daemon (or its lock cannot be written).", exception);
        }
    }

    /// <summary>Rows hold credentials and code: nobody else on the machine reads them.</summary>
    public static void KeepPrivate(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void Check(string engine, int current, IReadOnlyList<IDataMigration> migrations)
    {
        if (!File.Exists(System.IO.Path.Combine(Path, FormatFile)))
        {
            if (!IsUnused(Path))
            {
                throw new StoreException($"{Path} holds data but no {FormatFile} file: a restore into it was not finished. Restore into an empty folder.");
            }

            WriteFormat(Path, new FolderFormat(current, engine));
            return;
        }

        var found = ReadFormat(Path);
        if (found.Format > current)
        {
            throw new StoreException($"{Path} has format {found.Format}, written by a newer Petrel; this one reads up to {current}.");
        }

        if (found.Engine != engine)
        {
            throw new StoreException($"{Path} was written with the engine '{found.Engine}', not '{engine}'.");
        }

        Migrate(found, current, migrations);
    }

    /// <summary>Each step leaves its mark before the next begins; one that was interrupted runs again, and must be able to.</summary>
    private void Migrate(FolderFormat found, int current, IReadOnlyList<IDataMigration> migrations)
    {
        for (var format = found.Format; format < current; format++)
        {
            var step = migrations.FirstOrDefault(migration => migration.From == format)
                ?? throw new StoreException($"{Path} has format {format}, which this Petrel can no longer migrate.");
            step.Apply(Path);
            WriteFormat(Path, found with { Format = format + 1 });
        }
    }
}

/// <summary>What the FORMAT file says.</summary>
internal sealed record FolderFormat(int Format, string Engine);

/// <summary>A step from one format to the next. It may be interrupted at any point, and then runs again.</summary>
internal interface IDataMigration
{
    int From { get; }

    void Apply(string path);
}

[JsonSerializable(typeof(FolderFormat))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class FolderJson : JsonSerializerContext;
