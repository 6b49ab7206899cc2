using System.Globalization;
using System.IO.Hashing;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Petrel.Tests.Edge;

public sealed class ChunkedUploadTests(EdgeFixture edge) : IClassFixture<EdgeFixture>
{
    private static readonly string[] Parts = ["first chunk ", "second chunk ", "end"];

    [Fact]
    public async Task Signed_Chunks_ReachTheService()
    {
        var answer = await SendAsync("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", (seed, stamp) => SignedChunks(seed, stamp, null));
        Assert.Equal("\"k:first chunk second chunk end\"", answer.Header("ETag"));
    }

    [Fact]
    public async Task Signed_ChunksWithTrailer_ReachTheService()
    {
        var answer = await SendAsync("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", (seed, stamp) => SignedChunks(seed, stamp, Checksum()), "x-amz-checksum-crc32");
        Assert.Equal("\"k:first chunk second chunk end\"", answer.Header("ETag"));
    }

    [Fact]
    public async Task Signed_ChunkChanged_IsRefused()
    {
        var answer = await SendAsync(
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", (seed, stamp) => SignedChunks(seed, stamp, null).Replace("second", "SECOND", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains("<Code>SignatureDoesNotMatch</Code>", answer.Text);
    }

    [Fact]
    public async Task Signed_TrailerChanged_IsRefused()
    {
        var answer = await SendAsync(
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            (seed, stamp) => SignedChunks(seed, stamp, Checksum()).Replace(Checksum(), "AAAAAA==", StringComparison.Ordinal),
            "x-amz-checksum-crc32");
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
    }

    [Theory]
    [InlineData("x-amz-checksum-crc32", "ok")]
    [InlineData("x-amz-checksum-crc32", "AAAAAA==")]
    [InlineData("x-amz-checksum-crc32", null)]
    [InlineData("x-amz-checksum-md9", "ok")]
    public async Task Unsigned_ChunksWithTrailer_AreChecked(string trailer, string? value)
    {
        var sent = value == "ok" ? Checksum() : value;
        var answer = await SendAsync("STREAMING-UNSIGNED-PAYLOAD-TRAILER", (_, _) => PlainChunks(sent is null ? "" : $"{trailer}:{sent}\r\n"), trailer);
        var isRight = value == "ok" && trailer == "x-amz-checksum-crc32";
        Assert.Equal(isRight ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.Status);
    }

    [Theory]
    [InlineData("zz\r\nabc\r\n0\r\n\r\n")]
    [InlineData("5\r\nabc")]
    [InlineData("3\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("-3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("3\r\nabc\r\n0\r\nno trailer\r\n\r\n")]
    [InlineData("")]
    public async Task Unsigned_MalformedChunks_Are400(string body)
    {
        var answer = await SendAsync("STREAMING-UNSIGNED-PAYLOAD-TRAILER", (_, _) => body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    private async Task<Answer> SendAsync(string kind, Func<string, string, string> body, string? trailer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(edge.Host.Endpoint, "/bucket/k"));
        request.Headers.Add("x-amz-decoded-content-length", string.Concat(Parts).Length.ToString(CultureInfo.InvariantCulture));
        if (trailer is not null)
        {
            request.Headers.Add("x-amz-trailer", trailer);
        }

        new SignedClient("s3") { PayloadHash = kind }.Sign(request, []);
        var authorization = request.Headers.GetValues("Authorization").Single();
        var seed = authorization[(authorization.IndexOf("Signature=", StringComparison.Ordinal) + 10)..];
        request.Content = new StringContent(body(seed, request.Headers.GetValues("X-Amz-Date").Single()));
        using var response = await edge.Host.Client.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    private static string SignedChunks(string seed, string stamp, string? checksum)
    {
        var text = new StringBuilder();
        var previous = seed;
        foreach (var part in Parts.Append(""))
        {
            previous = Mac(stamp, $"AWS4-HMAC-SHA256-PAYLOAD\n{stamp}\n{Scope(stamp)}\n{previous}\n{Hash("")}\n{Hash(part)}");
            text.Append(CultureInfo.InvariantCulture, $"{part.Length:x};chunk-signature={previous}\r\n{part}").Append(part.Length > 0 ? "\r\n" : "");
        }

        if (checksum is not null)
        {
            var trailer = $"x-amz-checksum-crc32:{checksum}\n";
            text.Append(CultureInfo.InvariantCulture, $"x-amz-checksum-crc32:{checksum}\r\n");
            text.Append(CultureInfo.InvariantCulture, $"x-amz-trailer-signature:{Mac(stamp, $"AWS4-HMAC-SHA256-TRAILER\n{stamp}\n{Scope(stamp)}\n{previous}\n{Hash(trailer)}")}\r\n");
        }

        return text.Append("\r\n").ToString();
    }

    private static string PlainChunks(string trailers) =>
        string.Concat(Parts.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Length:x}\r\n{p}\r\n"))) + $"0\r\n{trailers}\r\n";

    private static string Checksum()
    {
        var crc = Crc32.Hash(Encoding.UTF8.GetBytes(string.Concat(Parts)));
        Array.Reverse(crc);
        return Convert.ToBase64String(crc);
    }

    private static string Scope(string stamp) => $"{stamp[..8]}/eu-west-1/s3/aws4_request";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Mac(string stamp, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Presigner.Key(stamp, "s3"), Encoding.UTF8.GetBytes(text)));
}
