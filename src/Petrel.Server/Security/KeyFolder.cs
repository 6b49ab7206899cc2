using System.Text.Json;
using Petrel.Storage;

namespace Petrel.Server.Security;

/// <summary>
/// The folder <c>keys</c> in the data folder: the master key that seals secrets, and the generated root key. Only the daemon's user may
/// read it. A backup of the store without this folder cannot open the secrets in it.
/// </summary>
internal sealed class KeyFolder
{
    private const string MasterFile = "master.key";
    private const string RootFile = "root.json";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;

    public KeyFolder(string dataPath)
    {
        _path = Path.Combine(dataPath, "keys");
        Directory.CreateDirectory(_path, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>The master key; made when there is none yet.</summary>
    public byte[] LoadOrCreateMaster(IIdSource ids)
    {
        var file = Path.Combine(_path, MasterFile);
        if (!File.Exists(file))
        {
            var key = new byte[SecretBox.KeyBytes];
            ids.Fill(key);
            WriteWhole(file, key);
            return key;
        }

        var found = File.ReadAllBytes(file);
        return found.Length == SecretBox.KeyBytes
            ? found
            : throw new InvalidDataException($"{file} has {found.Length} bytes instead of {SecretBox.KeyBytes}; restore it from a backup.");
    }

    /// <summary>The generated root key, or null while none was made.</summary>
    public StoredRootKey? LoadRoot()
    {
        var file = Path.Combine(_path, RootFile);
        return File.Exists(file) ? JsonSerializer.Deserialize<StoredRootKey>(File.ReadAllBytes(file)) : null;
    }

    public void SaveRoot(StoredRootKey root) => WriteWhole(Path.Combine(_path, RootFile), JsonSerializer.SerializeToUtf8Bytes(root));

    /// <summary>The file appears whole and synced, or not at all.</summary>
    private static void WriteWhole(string file, byte[] content)
    {
        var temporary = file + ".new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        };
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, file, overwrite: true);
    }
}

/// <param name="SealedSecret">Sealed with the master key.</param>
internal sealed record StoredRootKey(string AccessKeyId, byte[] SealedSecret);
