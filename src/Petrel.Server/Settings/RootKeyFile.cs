using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace Petrel.Server.Settings;

/// <summary>An access key with all rights in its account.</summary>
public sealed record RootKey(string Account, string AccessKeyId, string SecretAccessKey, DateTimeOffset Created);

/// <summary>
/// The generated root keys of an installation: a file that only its owner reads. Where it is missing, the root key is <c>test</c>/<c>test</c>
/// and the daemon listens on loopback only; where it is there, those words open nothing.
/// </summary>
public static class RootKeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>What tools for local clouds send.</summary>
    public static readonly RootKey Loopback = new("000000000000", "test", "test", DateTimeOffset.UnixEpoch);

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string PathOf(StorageOptions storage) => Path.Combine(storage.Data, storage.Keys);

    /// <summary>Empty when no keys were generated.</summary>
    /// <exception cref="SettingsException">The file is there and cannot be read: running on with the open key would be unsafe.</exception>
    public static IReadOnlyList<RootKey> Read(StorageOptions storage)
    {
        var path = PathOf(storage);
        try
        {
            return JsonSerializer.Deserialize<Content>(File.ReadAllBytes(path), Format)?.Keys
                ?? throw new SettingsException([$"storage.keys: {path} holds no keys; remove it, or run: petrel keys"]);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"storage.keys: {path} cannot be read: {e.Message}"]);
        }
    }

    /// <summary>A key that nobody can guess: 20 characters to name it, 240 bits of secret.</summary>
    public static RootKey Generate(string account, DateTimeOffset now) => new(
        account,
        "PKIA" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)),
        now);

    /// <summary>Replaces the file as a whole: another process reads the old keys or the new ones.</summary>
    public static void Write(StorageOptions storage, IReadOnlyList<RootKey> keys)
    {
        var path = PathOf(storage);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var file = new FileStream(path + ".new", options))
        {
            JsonSerializer.Serialize(file, new Content(keys), Format);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Refuses an address that others reach while everybody knows the key.</summary>
    /// <exception cref="SettingsException">Another than a loopback address is to be bound, and no keys were generated.</exception>
    public static void RequireForBind(PetrelOptions options)
    {
        var loopback = options.Edge.Bind == "localhost" || (IPAddress.TryParse(options.Edge.Bind, out var address) && IPAddress.IsLoopback(address));
        if (!loopback && Read(options.Storage).Count == 0)
        {
            throw new SettingsException(
                [$"edge.bind: {options.Edge.Bind} is reached by others, and the root key is the well-known test/test; run this first: petrel keys"]);
        }
    }

    private sealed record Content(IReadOnlyList<RootKey> Keys);
}
