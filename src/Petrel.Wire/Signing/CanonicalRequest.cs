using System.Text;
using Petrel.Wire.Protocols;
using Petrel.Wire.Rest;

namespace Petrel.Wire.Signing;

/// <summary>
/// The form of a request that is signed: method, path, sorted query, chosen headers with trimmed values, their names, and the hash of the
/// body, a line each.
/// </summary>
internal static class CanonicalRequest
{
    private const byte NewLine = (byte)'\n';

    public static void Write(PooledBuffer output, in SigningInput input, string[] signedHeaders)
    {
        WriteText(output, input.Method);
        WriteByte(output, NewLine);
        CanonicalPath.Write(output, input.RawPath, input.Path);
        WriteByte(output, NewLine);
        CanonicalQuery.Write(output, input.RawQuery, input.OmitsToken);
        WriteByte(output, NewLine);
        foreach (var name in signedHeaders)
        {
            WriteHeader(output, name, input);
        }

        WriteByte(output, NewLine);
        for (var i = 0; i < signedHeaders.Length; i++)
        {
            if (i > 0)
            {
                WriteByte(output, (byte)';');
            }

            WriteText(output, signedHeaders[i]);
        }

        WriteByte(output, NewLine);
        WriteText(output, input.PayloadHash);
    }

    internal static void WriteText(PooledBuffer output, ReadOnlySpan<char> text)
    {
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, span));
    }

    internal static void WriteByte(PooledBuffer output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static void WriteHeader(PooledBuffer output, string name, in SigningInput input)
    {
        WriteText(output, name);
        WriteByte(output, (byte)':');
        var values = input.Headers[name];
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0)
            {
                WriteByte(output, (byte)',');
            }

            WriteCollapsed(output, values[i]);
        }

        WriteByte(output, NewLine);
    }

    /// <summary>Without spaces at the ends, and one where several follow each other.</summary>
    private static void WriteCollapsed(PooledBuffer output, ReadOnlySpan<char> value)
    {
        value = value.Trim();
        while (!value.IsEmpty)
        {
            var gap = value.IndexOf("  ", StringComparison.Ordinal);
            if (gap < 0)
            {
                WriteText(output, value);
                return;
            }

            WriteText(output, value[..(gap + 1)]);
            value = value[gap..].TrimStart(' ');
        }
    }
}
