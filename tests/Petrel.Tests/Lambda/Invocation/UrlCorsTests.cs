using Microsoft.AspNetCore.Http;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Urls;

namespace Petrel.Tests.Lambda.Invocation;

public sealed class UrlCorsTests
{
    private static readonly CorsRecord Config = new(
        AllowCredentials: true,
        AllowHeaders: ["Date", "X-Custom"],
        AllowMethods: ["GET", "POST"],
        AllowOrigins: ["https://a.example"],
        ExposeHeaders: ["X-Seen"],
        MaxAge: 60);

    [Fact]
    public void TryAnswerPreflight_AllowedOrigin_SaysWhatIsAllowed()
    {
        var http = Preflight("https://a.example", "POST");
        Assert.True(UrlCors.TryAnswerPreflight(http, Config));
        var answer = http.Response.Headers;
        Assert.Equal("https://a.example", answer.AccessControlAllowOrigin);
        Assert.Equal("true", answer.AccessControlAllowCredentials);
        Assert.Equal("GET,POST", answer.AccessControlAllowMethods);
        Assert.Equal("Date,X-Custom", answer.AccessControlAllowHeaders);
        Assert.Equal("60", answer.AccessControlMaxAge);
        Assert.Equal("Origin", answer.Vary);
    }

    [Theory]
    [InlineData("https://b.example", "GET")]
    [InlineData("https://a.example", "DELETE")]
    public void TryAnswerPreflight_NotAllowed_SaysNothing(string origin, string method)
    {
        var http = Preflight(origin, method);
        Assert.True(UrlCors.TryAnswerPreflight(http, Config));
        Assert.Equal(200, http.Response.StatusCode);
        Assert.DoesNotContain(http.Response.Headers, h => h.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void TryAnswerPreflight_OptionsOfTheApplication_GoesToTheFunction()
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "OPTIONS";
        Assert.False(UrlCors.TryAnswerPreflight(http, Config));
    }

    [Fact]
    public void Apply_AllowedOrigin_ReplacesTheFunctionsHeaders()
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Origin = "https://a.example";
        http.Response.Headers.AccessControlAllowOrigin = "https://other.example";
        UrlCors.Apply(http, Config);
        Assert.Equal("https://a.example", http.Response.Headers.AccessControlAllowOrigin);
        Assert.Equal("X-Seen", http.Response.Headers.AccessControlExposeHeaders);
    }

    [Fact]
    public void Apply_AnyOriginWithoutCredentials_IsAWildcard()
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Origin = "https://c.example";
        UrlCors.Apply(http, new CorsRecord(null, null, null, ["*"], null, null));
        Assert.Equal("*", http.Response.Headers.AccessControlAllowOrigin);
    }

    [Fact]
    public void Apply_OriginNotAllowed_RemovesTheFunctionsHeaders()
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Origin = "https://b.example";
        http.Response.Headers.AccessControlAllowOrigin = "*";
        UrlCors.Apply(http, Config);
        Assert.Equal(0, http.Response.Headers.AccessControlAllowOrigin.Count);
    }

    private static DefaultHttpContext Preflight(string origin, string method)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "OPTIONS";
        http.Request.Headers.Origin = origin;
        http.Request.Headers.AccessControlRequestMethod = method;
        return http;
    }
}
