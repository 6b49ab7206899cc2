using System.Buffers;
using System.Text;

namespace Petrel.Wire.Rest;

/// <summary>Percent-encoding as RFC 3986 and signatures want it: only letters, digits and <c>-._~</c> stand for themselves.</summary>
public static class PercentEncoding
{
    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>Decodes to UTF-8 text.</summary>
    /// <exception cref="CommonException">A percent sign without two hexadecimal digits, or bytes that are not UTF-8 (<c>SerializationException</c>).</exception>
    public static string Decode(ReadOnlySpan<char> text, bool plusIsSpace)
    {
        if (!text.ContainsAny('%', '+') && Ascii.IsValid(text))
        {
            return text.ToString();
        }

        var maxBytes = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = ArrayPool<byte>.Shared.Rent(maxBytes);
        try
        {
            var length = DecodeBytes(text, plusIsSpace, rented);
            return Strict.GetString(rented, 0, length);
        }
        catch (ArgumentException)
        {
            MalformedInput.Throw("A parameter is not valid UTF-8.");
            return "";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Appends the encoding of a text; <paramref name="keepSlash"/> for paths.</summary>
    public static void Encode(StringBuilder to, ReadOnlySpan<char> text, bool keepSlash = false)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && (Unreserved.Contains((char)rune.Value) || (keepSlash && rune.Value == '/')))
            {
                to.Append((char)rune.Value);
                continue;
            }

            var length = rune.EncodeToUtf8(utf8);
            foreach (var value in utf8[..length])
            {
                to.Append('%').Append(HexDigit(value >> 4)).Append(HexDigit(value & 15));
            }
        }
    }

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private static int DecodeBytes(ReadOnlySpan<char> text, bool plusIsSpace, byte[] bytes)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    MalformedInput.Throw("A percent sign is not followed by two hexadecimal digits.");
                }

                bytes[length++] = (byte)((Nibble(text[i + 1]) << 4) | Nibble(text[i + 2]));
                i += 2;
            }
            else if (c < 0x80)
            {
                bytes[length++] = c == '+' && plusIsSpace ? (byte)' ' : (byte)c;
            }
            else
            {
                var count = char.IsHighSurrogate(c) && i + 1 < text.Length ? 2 : 1;
                length += Strict.GetBytes(text.Slice(i, count), bytes.AsSpan(length));
                i += count - 1;
            }
        }

        return length;
    }

    private static int Nibble(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static char HexDigit(int nibble) => (char)(nibble < 10 ? '0' + nibble : 'A' + nibble - 10);
}
