using Petrel.Storage;
using Petrel.Storage.Files;

namespace Petrel.Server.Security;

/// <summary>
/// The master key that seals secrets: a file of the data folder that only the daemon's user may read. A backup of the store without it
/// cannot open the secrets in it.
/// </summary>
internal static class MasterKeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The key; made when there is none yet.</summary>
    public static byte[] LoadOrCreate(string dataPath, IIdSource ids)
    {
        var file = Path.Combine(dataPath, "master.key");
        if (!File.Exists(file))
        {
            var key = new byte[SecretBox.KeyBytes];
            ids.Fill(key);
            DurableFiles.CreateDirectory(dataPath);
            WriteWhole(file, key);
            return key;
        }

        var found = File.ReadAllBytes(file);
        return found.Length == SecretBox.KeyBytes
            ? found
            : throw new InvalidDataException($"{file} has {found.Length} bytes instead of {SecretBox.KeyBytes}; restore it from a backup.");
    }

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

        DurableFiles.Rename(temporary, file);
    }
}
