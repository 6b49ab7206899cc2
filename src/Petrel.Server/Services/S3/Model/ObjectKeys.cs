using System.Text;
using Petrel.Aws.S3;

namespace Petrel.Server.Services.S3.Model;

/// <summary>Keys are any text of up to 1,024 bytes of UTF-8, and are ordered by these bytes.</summary>
internal static class ObjectKeys
{
    public const int MaxBytes = 1_024;

    /// <exception cref="S3Exception">The key is too long.</exception>
    public static byte[] Bytes(string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return bytes.Length <= MaxBytes
            ? bytes
            : throw S3Exception.Of("KeyTooLongError", "Your key is too long", 400, ("Size", (long)bytes.Length), ("MaxSizeAllowed", (long)MaxBytes));
    }

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>The first bytes after all that begin with <paramref name="prefix"/>; null when there are none.</summary>
    public static byte[]? Successor(ReadOnlySpan<byte> prefix)
    {
        var length = prefix.Length;
        while (length > 0 && prefix[length - 1] == byte.MaxValue)
        {
            length--;
        }

        if (length == 0)
        {
            return null;
        }

        var successor = prefix[..length].ToArray();
        successor[^1]++;
        return successor;
    }
}
