using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Urls;
using Petrel.Wire;

namespace Petrel.Tests.Lambda.Invocation;

public sealed class UrlEventTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 12, 19, 3, 58, 390, TimeSpan.Zero);

    [Fact]
    public void Write_Request_HasEveryMemberOfFormat2()
    {
        var http = Request("POST", "/pa2%Fth/1?parameter1=value1&parameter1=value2&parameter2=a%20b&empty");
        http.Request.Headers["Extra-Headers"] = "With WeiRd CapS";
        http.Request.Headers["X-Twice"] = new(["a", "b"]);
        http.Request.Headers.Cookie = "one=1; two=2";
        http.Request.Headers.Connection = "keep-alive";
        http.Request.Headers.UserAgent = "agent";
        http.Request.ContentType = "application/json; charset=utf-8";

        using var json = Write(http, "{\"foo\":\"bär\"}"u8);

        var root = json.RootElement;
        Assert.Equal("2.0", root.GetProperty("version").GetString());
        Assert.Equal("$default", root.GetProperty("routeKey").GetString());
        Assert.Equal("/pa2%Fth/1", root.GetProperty("rawPath").GetString());
        Assert.Equal("parameter1=value1&parameter1=value2&parameter2=a%20b&empty", root.GetProperty("rawQueryString").GetString());
        Assert.Equal(["one=1", "two=2"], root.GetProperty("cookies").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(
            """{"parameter1":"value1,value2","parameter2":"a b","empty":""}""",
            root.GetProperty("queryStringParameters").GetRawText());
        Assert.Equal("{\"foo\":\"bär\"}", root.GetProperty("body").GetString());
        Assert.False(root.GetProperty("isBase64Encoded").GetBoolean());
        var headers = root.GetProperty("headers");
        Assert.Equal("With WeiRd CapS", headers.GetProperty("extra-headers").GetString());
        Assert.Equal("a,b", headers.GetProperty("x-twice").GetString());
        Assert.Equal("203.0.113.9", headers.GetProperty("x-forwarded-for").GetString());
        Assert.Equal("http", headers.GetProperty("x-forwarded-proto").GetString());
        Assert.Equal("Root=1-0-0", headers.GetProperty("x-amzn-trace-id").GetString());
        Assert.False(headers.TryGetProperty("cookie", out _));
        Assert.False(headers.TryGetProperty("connection", out _));
    }

    [Fact]
    public void Write_UnsignedRequest_HasAnonymousContext()
    {
        using var json = Write(Request("GET", "/"), default);
        Assert.Equal(
            """
            {"accountId":"anonymous","apiId":"abc","domainName":"abc.lambda-url.us-east-1.localhost:4566","domainPrefix":"abc",
            "http":{"method":"GET","path":"/","protocol":"HTTP/1.1","sourceIp":"203.0.113.9","userAgent":""},
            "requestId":"id","routeKey":"$default","stage":"$default","time":"12/Mar/2026:19:03:58 +0000","timeEpoch":1773342238390}
            """.ReplaceLineEndings(""),
            json.RootElement.GetProperty("requestContext").GetRawText());
        Assert.False(json.RootElement.TryGetProperty("body", out _));
        Assert.False(json.RootElement.TryGetProperty("cookies", out _));
        Assert.False(json.RootElement.TryGetProperty("queryStringParameters", out _));
    }

    [Fact]
    public void Write_SignedRequest_NamesTheCaller()
    {
        var caller = new Principal(PrincipalKind.AssumedRole, "111111111111", "arn:aws:sts::111111111111:assumed-role/r/s", "AROA:s", "ASIA1");
        using var json = Write(Request("GET", "/"), default, caller);
        var context = json.RootElement.GetProperty("requestContext");
        Assert.Equal("111111111111", context.GetProperty("accountId").GetString());
        Assert.Equal(
            """
            {"iam":{"accessKey":"ASIA1","accountId":"111111111111","callerId":"AROA:s","cognitoIdentity":null,"principalOrgId":null,
            "userArn":"arn:aws:sts::111111111111:assumed-role/r/s","userId":"AROA:s"}}
            """.ReplaceLineEndings(""),
            context.GetProperty("authorizer").GetRawText());
    }

    [Theory]
    [InlineData("text/plain", false)]
    [InlineData("application/json", false)]
    [InlineData("application/problem+json", false)]
    [InlineData("application/xml", false)]
    [InlineData("image/svg+xml", false)]
    [InlineData("multipart/form-data; boundary=x", true)]
    [InlineData("application/x-www-form-urlencoded", true)]
    [InlineData("application/octet-stream", true)]
    [InlineData(null, true)]
    public void Write_Body_IsBase64UnlessTheContentTypeIsText(string? contentType, bool base64)
    {
        var http = Request("POST", "/");
        http.Request.ContentType = contentType;
        using var json = Write(http, "a=b"u8);
        Assert.Equal(base64, json.RootElement.GetProperty("isBase64Encoded").GetBoolean());
        Assert.Equal(base64 ? "YT1i" : "a=b", json.RootElement.GetProperty("body").GetString());
    }

    [Fact]
    public void Write_TextThatIsNoUtf8_IsBase64()
    {
        var http = Request("POST", "/");
        http.Request.ContentType = "text/plain";
        using var json = Write(http, [0xFF, 0x00]);
        Assert.Equal("/wA=", json.RootElement.GetProperty("body").GetString());
    }

    [Fact]
    public void Write_CalledByPath_LeavesThePrefixOut()
    {
        using var json = Write(Request("GET", "/_url/abc/my/path?x=1"), default, prefix: "/_url/abc".Length);
        Assert.Equal("/my/path", json.RootElement.GetProperty("rawPath").GetString());
        using var root = Write(Request("GET", "/_url/abc"), default, prefix: "/_url/abc".Length);
        Assert.Equal("/", root.RootElement.GetProperty("rawPath").GetString());
    }

    /// <summary>The hot path of function URLs: what is allocated here, every request allocates.</summary>
    [Fact]
    public void WriteAndPrepare_UsualRequest_StayWithinTheirAllocations()
    {
        var http = Request("GET", "/");
        http.Request.Headers.UserAgent = "curl/8";
        http.Request.Headers.Accept = "*/*";
        var source = new UrlEventSource("abc", http.Request.Host.Value!, 0, "id", "Root=1-0-0", Time, null);
        using var buffer = new PooledBuffer();
        Assert.InRange(AllocatedBytes(() =>
        {
            buffer.Clear();
            UrlEvent.Write(buffer, http, source, default);
        }), 0, 300);
        Assert.InRange(AllocatedBytes(() =>
        {
            buffer.Clear();
            http.Response.Headers.Clear();
            UrlAnswer.TryPrepare(http.Response, """{"statusCode":200,"body":"hello"}"""u8, buffer);
        }), 0, 100);
    }

    private static long AllocatedBytes(Action action)
    {
        const int Times = 1_000;
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
        {
            action();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Times;
    }

    private static DefaultHttpContext Request(string method, string target)
    {
        var http = new DefaultHttpContext();
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        http.Request.Method = method;
        http.Request.Scheme = "http";
        http.Request.Protocol = "HTTP/1.1";
        http.Request.Headers.Host = "abc.lambda-url.us-east-1.localhost:4566";
        http.Connection.RemoteIpAddress = IPAddress.Parse("::ffff:203.0.113.9");
        http.Connection.LocalPort = 4566;
        return http;
    }

    private static JsonDocument Write(HttpContext http, ReadOnlySpan<byte> body, Principal? caller = null, int prefix = 0)
    {
        using var buffer = new PooledBuffer(16);
        var source = new UrlEventSource("abc", http.Request.Host.Value!, prefix, "id", "Root=1-0-0", Time, caller);
        UrlEvent.Write(buffer, http, source, body);
        return JsonDocument.Parse(Encoding.UTF8.GetString(buffer.Span));
    }
}
