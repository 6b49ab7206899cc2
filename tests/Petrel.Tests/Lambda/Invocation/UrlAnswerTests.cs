using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Urls;

namespace Petrel.Tests.Lambda.Invocation;

public sealed class UrlAnswerTests
{
    [Theory]
    [InlineData("""{"hello": "world"}""", """{"hello":"world"}""")]
    [InlineData("""["hello", 3, true]""", """["hello",3,true]""")]
    [InlineData("\"hello\"", "hello")]
    [InlineData("\"\\u00e4 \\\"x\\\"\"", "ä \"x\"")]
    [InlineData("3", "3")]
    [InlineData("3.1", "3.1")]
    [InlineData("true", "true")]
    [InlineData("null", "null")]
    [InlineData("""{"a\\": " \" x ", "body": 1}""", """{"a\\":" \" x ","body":1}""")]
    public void TryPrepare_ValueWithoutStatus_IsTheBodyOfA200(string payload, string body)
    {
        var answer = Prepare(payload);
        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.Headers.ContentType);
        Assert.Equal(body, answer.Body);
    }

    [Fact]
    public void TryPrepare_DescribedAnswer_HasItsStatusHeadersAndCookies()
    {
        var answer = Prepare("""
            {"statusCode": 201, "headers": {"Content-Type": "text/html", "X-N": 1, "x-b": true, "Content-Length": "7"},
             "cookies": ["a=1", "b=2; Secure"], "body": "<p>\u00e4</p>", "isBase64Encoded": false}
            """);
        Assert.Equal(201, answer.Status);
        Assert.Equal("text/html", answer.Headers.ContentType);
        Assert.Equal("1", answer.Headers["X-N"]);
        Assert.Equal("true", answer.Headers["x-b"]);
        Assert.Equal("a=1,b=2; Secure", answer.Headers.SetCookie.ToString());
        Assert.Equal("<p>ä</p>", answer.Body);
        Assert.Equal(9, answer.Headers.ContentLength);
    }

    [Theory]
    [InlineData("""{"statusCode":200,"body":"body123"}""", 200, "body123")]
    [InlineData("""{"statusCode":"404","body":null}""", 404, "")]
    [InlineData("""{"statusCode":200,"body":"aGVsbG8=","isBase64Encoded":true}""", 200, "hello")]
    [InlineData("""{"statusCode":200,"body":{"a": 1}}""", 200, """{"a":1}""")]
    [InlineData("""{"statusCode":204,"body":"gone"}""", 204, "")]
    [InlineData("""{"body":"x","headers":null,"statusCode":418,"cookies":null,"other":[1,{}]}""", 418, "x")]
    public void TryPrepare_DescribedAnswer_HasItsBody(string payload, int status, string body)
    {
        var answer = Prepare(payload);
        Assert.Equal(status, answer.Status);
        Assert.Equal(body, answer.Body);
    }

    [Theory]
    [InlineData("plain text")]
    [InlineData("{\"statusCode\":200")]
    [InlineData("{} {}")]
    [InlineData("""{"statusCode":"abc"}""")]
    [InlineData("""{"statusCode":0}""")]
    [InlineData("""{"statusCode":100}""")]
    [InlineData("""{"statusCode":700}""")]
    [InlineData("""{"statusCode":200,"headers":{"a b":"1"}}""")]
    [InlineData("""{"statusCode":200,"headers":{"a":"1\r\nb: 2"}}""")]
    [InlineData("""{"statusCode":200,"headers":[]}""")]
    [InlineData("""{"statusCode":200,"headers":{"a":{}}}""")]
    [InlineData("""{"statusCode":200,"cookies":"a=1"}""")]
    [InlineData("""{"statusCode":200,"body":"%%%","isBase64Encoded":true}""")]
    public void TryPrepare_NoAnswer_WritesNothing(string payload) => Assert.False(Prepare(payload).Ready);

    [Fact]
    public void TryPrepare_EmptyPayload_IsAnEmpty200()
    {
        var answer = Prepare("");
        Assert.Equal((200, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public void TryPrepare_AnyBytes_NeverThrows() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        using var body = new PooledBuffer();
        UrlAnswer.TryPrepare(new DefaultHttpContext().Response, bytes, body);
    });

    [Theory]
    [InlineData("{\"statusCode\":201}\0\0\0\0\0\0\0\0text", "application/octet-stream", 201, "application/json", "text")]
    [InlineData("plain", "text/plain", 200, "text/plain", "plain")]
    public void TryPrepareCollected_StreamOfAHandler_IsTheAnswer(string payload, string contentType, int status, string answered, string text)
    {
        var response = new DefaultHttpContext().Response;
        using var body = new PooledBuffer();
        Assert.True(UrlAnswer.TryPrepareCollected(response, Encoding.UTF8.GetBytes(payload), contentType, body));
        Assert.Equal((status, answered, text), (response.StatusCode, response.ContentType, Encoding.UTF8.GetString(body.Span)));
    }

    [Fact]
    public void TryApplyPrelude_Metadata_SetsStatusHeadersAndCookies()
    {
        var response = new DefaultHttpContext().Response;
        Assert.True(UrlAnswer.TryApplyPrelude(
            response,
            """{"statusCode":202,"headers":{"Content-Type":"text/event-stream"},"cookies":["a=1"]}"""u8));
        Assert.Equal(202, response.StatusCode);
        Assert.Equal("text/event-stream", response.ContentType);
        Assert.Equal("a=1", response.Headers.SetCookie);
    }

    private static (bool Ready, int Status, IHeaderDictionary Headers, string Body) Prepare(string payload)
    {
        var http = new DefaultHttpContext();
        using var body = new PooledBuffer();
        var ready = UrlAnswer.TryPrepare(http.Response, Encoding.UTF8.GetBytes(payload), body);
        return (ready, http.Response.StatusCode, http.Response.Headers, Encoding.UTF8.GetString(body.Span));
    }
}
