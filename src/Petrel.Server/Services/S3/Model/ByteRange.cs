using System.Globalization;
using Petrel.Aws.S3;

namespace Petrel.Server.Services.S3.Model;

/// <summary>A part of an object's bytes.</summary>
internal readonly record struct ByteRange(long Offset, long Length)
{
    public string Describe(long size) => $"bytes {Offset}-{Offset + Length - 1}/{size}";

    /// <returns>Null for a header that is no range of bytes, or more than one: the whole object is the answer.</returns>
    /// <exception cref="S3Exception">The range lies behind the end (416).</exception>
    public static ByteRange? Parse(string? header, long size)
    {
        if (header is null || !header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) || header.Contains(','))
        {
            return null;
        }

        var text = header.AsSpan(6).Trim();
        var dash = text.IndexOf('-');
        if (dash < 0 || !TryNumber(text[..dash], out var first) || !TryNumber(text[(dash + 1)..], out var last) || (first is null && last is null))
        {
            return null;
        }

        if (first is null)
        {
            return last == 0 || size == 0 ? throw NotSatisfiable(header, size) : new ByteRange(Math.Max(0, size - last!.Value), Math.Min(last!.Value, size));
        }

        if (last < first)
        {
            return null;
        }

        return first >= size
            ? throw NotSatisfiable(header, size)
            : new ByteRange(first.Value, Math.Min(last ?? long.MaxValue, size - 1) - first.Value + 1);
    }

    /// <summary>The range of a source of a copy: both ends must be given, and lie within it.</summary>
    public static ByteRange ParseSource(string header, long size)
    {
        var text = header.StartsWith("bytes=", StringComparison.Ordinal) ? header.AsSpan(6) : default;
        var dash = text.IndexOf('-');
        if (dash < 0 || !TryNumber(text[..dash], out var first) || !TryNumber(text[(dash + 1)..], out var last) || first is null || last is null || last < first)
        {
            throw S3Exception.InvalidArgument(
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
                "x-amz-copy-source-range",
                header);
        }

        return last < size
            ? new ByteRange(first.Value, last.Value - first.Value + 1)
            : throw S3Exception.InvalidArgument($"Range specified is not valid for source object of size: {size}", "x-amz-copy-source-range", header);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long? number)
    {
        number = null;
        if (text.IsEmpty)
        {
            return true;
        }

        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed);
        number = parsed;
        return isNumber;
    }

    private static S3Exception NotSatisfiable(string header, long size) => new(
        "InvalidRange",
        "The requested range is not satisfiable",
        416,
        [new("RangeRequested", header), new("ActualObjectSize", size)],
        [new("Content-Range", $"bytes */{size}")]);
}
