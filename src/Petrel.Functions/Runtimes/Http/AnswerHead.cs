using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>Status and headers of an answer, without those that are about the connection. Used again for the next answer of its connection.</summary>
internal sealed class AnswerHead
{
    private const int MaxHeaders = 200;

    /// <summary>Headers of one connection (RFC 9110, 7.6.1), which stand for nothing on the next.</summary>
    public static readonly FrozenSet<string> HopByHop = new[]
    {
        HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.ProxyConnection, HeaderNames.ProxyAuthenticate, HeaderNames.ProxyAuthorization,
        HeaderNames.TE, HeaderNames.Trailer, HeaderNames.TransferEncoding, HeaderNames.Upgrade,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> KnownNames = new[]
    {
        HeaderNames.CacheControl, HeaderNames.Connection, HeaderNames.ContentEncoding, HeaderNames.ContentLength, HeaderNames.ContentType,
        HeaderNames.Date, HeaderNames.ETag, HeaderNames.KeepAlive, HeaderNames.LastModified, HeaderNames.Location, HeaderNames.Server,
        HeaderNames.SetCookie, HeaderNames.TransferEncoding, HeaderNames.Vary, HeaderNames.XPoweredBy, "X-Content-Type-Options",
    }.ToFrozenDictionary(name => name, name => name, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Where(c => c != '\t').Select(c => (byte)c), 0x7F]);

    public int Status { get; private set; }

    public bool KeepAlive { get; private set; }

    public bool Chunked { get; private set; }

    public long? ContentLength { get; private set; }

    /// <summary>In the order in which they came; a name may come again.</summary>
    public List<KeyValuePair<string, string>> Headers { get; } = [];

    public string? ContentType => Find(HeaderNames.ContentType);

    public string? Find(string name)
    {
        foreach (var header in Headers)
        {
            if (header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return header.Value;
            }
        }

        return null;
    }

    /// <summary>Whether a name and a value can stand in a header.</summary>
    public static bool IsHeader(string name, string value) =>
        name.Length > 0 && !name.AsSpan().ContainsAnyExcept(NameCharacters) && !value.Any(c => (c < ' ' && c != '\t') || c == 0x7F);

    /// <param name="head">The lines, each with its end.</param>
    /// <exception cref="WorkerProtocolException">It is no head of an answer.</exception>
    public void Read(ReadOnlySpan<byte> head)
    {
        var line = NextLine(ref head);
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[8] != ' '
            || !int.TryParse(line.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 100 or > 999
            || (line.Length > 12 && line[12] != ' '))
        {
            throw new WorkerProtocolException("what answers is not HTTP/1.1");
        }

        (Status, KeepAlive, Chunked, ContentLength) = (status, line[7] != '0', false, null);
        Headers.Clear();
        while (!head.IsEmpty)
        {
            ReadHeader(NextLine(ref head));
        }

        if (Chunked)
        {
            ContentLength = null; // RFC 9112, 6.3: chunks win.
        }
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf("\r\n"u8);
        var line = rest[..end];
        rest = rest[(end + 2)..];
        return line;
    }

    private void ReadHeader(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (colon is <= 0 or > 256 || value.ContainsAny(Controls) || Headers.Count == MaxHeaders)
        {
            throw new WorkerProtocolException("the answer has a header that is none");
        }

        Span<char> characters = stackalloc char[colon];
        Encoding.Latin1.GetChars(line[..colon], characters);
        if (characters.ContainsAnyExcept(NameCharacters))
        {
            throw new WorkerProtocolException("the answer has a header that is none");
        }

        var name = KnownNames.TryGetValue(characters, out var known) ? known : characters.ToString();
        if (ReferenceEquals(name, HeaderNames.ContentLength))
        {
            SetLength(value);
        }
        else if (HopByHop.Contains(name))
        {
            ReadConnection(name, Encoding.Latin1.GetString(value));
        }
        else
        {
            Headers.Add(KeyValuePair.Create(name, Encoding.UTF8.GetString(value)));
        }
    }

    private void SetLength(ReadOnlySpan<byte> value)
    {
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || (ContentLength ?? length) != length)
        {
            throw new WorkerProtocolException("the answer's length is no number");
        }

        ContentLength = length;
    }

    private void ReadConnection(string name, string value)
    {
        if (name.Equals(HeaderNames.TransferEncoding, StringComparison.OrdinalIgnoreCase))
        {
            Chunked = value.Equals("chunked", StringComparison.OrdinalIgnoreCase)
                ? true
                : throw new WorkerProtocolException($"the answer's transfer encoding is not chunked but {value}");
        }
        else if (name.Equals(HeaderNames.Connection, StringComparison.OrdinalIgnoreCase))
        {
            KeepAlive = value.Equals("keep-alive", StringComparison.OrdinalIgnoreCase)
                || (KeepAlive && !value.Contains("close", StringComparison.OrdinalIgnoreCase));
        }
    }
}
