using System.Runtime.InteropServices;

namespace Petrel.Storage.RocksDb;

/// <summary>RocksDB's error texts as the store's exceptions.</summary>
internal static unsafe class RocksErrors
{
    /// <summary>Throws when <paramref name="error"/> is one, and frees it.</summary>
    public static void ThrowIf(byte* error, string doing)
    {
        if (error is not null)
        {
            throw Take(error, doing);
        }
    }

    private static StoreException Take(byte* error, string doing)
    {
        var text = Marshal.PtrToStringUTF8((nint)error) ?? "unknown error";
        RocksNative.Free(error);
        var message = $"The store failed while {doing}: {text}";
        if (text.Contains("No space left", StringComparison.OrdinalIgnoreCase)
            || text.Contains("Disk quota exceeded", StringComparison.OrdinalIgnoreCase)
            || text.Contains("NoSpace", StringComparison.Ordinal))
        {
            return new StoreFullException(message);
        }

        return text.StartsWith("Corruption", StringComparison.Ordinal)
            ? new StoreCorruptException(message)
            : new StoreException(message);
    }
}
