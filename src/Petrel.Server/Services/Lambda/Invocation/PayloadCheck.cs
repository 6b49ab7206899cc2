using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Petrel.Server.Services.Lambda.Invocation;

/// <summary>Whether a payload is one JSON value, and what Lambda says of one that is not.</summary>
internal static class PayloadCheck
{
    /// <summary>The runtimes take events to this depth; deeper ones are refused like broken ones.</summary>
    private const int MaxDepth = 1_000;

    private const string Prefix = "Could not parse request body into json: Could not parse payload into json: ";
    private const string Expected = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

    private static readonly SearchValues<byte> TokenEnd = SearchValues.Create(" \t\r\n,:{}[]\""u8);

    /// <summary>Null when the payload is JSON, otherwise the message of the error.</summary>
    public static string? FindProblem(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                // Names and texts are only looked at for their encoding, and only once the structure is known to be sound.
            }

            return Utf8.IsValid(payload) ? null : Prefix + DescribeByte(payload, IndexOfInvalid(payload));
        }
        catch (JsonException problem)
        {
            return Prefix + Describe(payload, IndexOf(payload, problem));
        }
    }

    private static string Describe(ReadOnlySpan<byte> payload, int at)
    {
        var invalid = IndexOfInvalid(payload);
        if (invalid >= 0 && invalid <= at)
        {
            // A byte outside of a text is a wrong character before it is a wrong encoding.
            return IsTokenStart(payload, invalid) ? DescribeStart(payload, invalid) : DescribeByte(payload, invalid);
        }

        if (at >= payload.Length)
        {
            return $"Unexpected end-of-input{Where(payload, payload.Length)}";
        }

        return DescribeStart(payload, at);
    }

    private static string DescribeStart(ReadOnlySpan<byte> payload, int at)
    {
        var start = at;
        while (start > 0 && char.IsAsciiLetterOrDigit((char)payload[start - 1]))
        {
            start--;
        }

        if (char.IsAsciiLetter((char)payload[start]))
        {
            var rest = payload[start..];
            var length = rest.IndexOfAny(TokenEnd);
            var token = Encoding.UTF8.GetString(length < 0 ? rest : rest[..length]);
            return $"Unrecognized token '{token}': was expecting {Expected}{Where(payload, start + token.Length)}";
        }

        var value = payload[at];
        var character = value is < 0x20 or >= 0x7F ? $"(CTRL-CHAR, code {value})" : $"'{(char)value}' (code {value})";
        return $"Unexpected character ({character}): expected a valid value {Expected}{Where(payload, at)}";
    }

    private static string DescribeByte(ReadOnlySpan<byte> payload, int at) =>
        $"Invalid UTF-8 {(payload[at] is >= 0x80 and < 0xC0 or >= 0xF8 ? "start" : "middle")} byte 0x{payload[at]:x}{Where(payload, at + 1)}";

    private static string Where(ReadOnlySpan<byte> payload, int at)
    {
        var before = payload[..at];
        var line = before.Count((byte)'\n') + 1;
        var column = at - (before.LastIndexOf((byte)'\n') + 1) + 1;
        return $"\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: {line}, column: {column}]";
    }

    private static bool IsTokenStart(ReadOnlySpan<byte> payload, int at) => payload[..at].Trim(" \t\r\n"u8).IsEmpty;

    private static int IndexOf(ReadOnlySpan<byte> payload, JsonException problem)
    {
        var at = 0;
        for (var line = problem.LineNumber ?? 0; line > 0; line--)
        {
            at += payload[at..].IndexOf((byte)'\n') + 1;
        }

        return (int)Math.Min(at + (problem.BytePositionInLine ?? 0), payload.Length);
    }

    /// <summary>The first byte that no valid UTF-8 text has at its place, or -1.</summary>
    private static int IndexOfInvalid(ReadOnlySpan<byte> payload)
    {
        var at = 0;
        while (at < payload.Length)
        {
            if (Rune.DecodeFromUtf8(payload[at..], out _, out var length) != OperationStatus.Done)
            {
                // A lead byte whose sequence breaks off is right itself; the byte after it is wrong.
                return length > 1 && at + length < payload.Length ? at + length : at;
            }

            at += length;
        }

        return -1;
    }
}
