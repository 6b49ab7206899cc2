using System.Globalization;
using System.Net;
using System.Text;

namespace Petrel.Tests.Edge;

public sealed class SigningTests(EdgeFixture edge) : IClassFixture<EdgeFixture>
{
    private const string Mismatch =
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

    [Fact]
    public async Task RestJson_Unsigned_IsMissingToken()
    {
        var answer = await edge.SendAsync(null, HttpMethod.Get, "/2020/things/x", []);
        AssertError(answer, 403, "MissingAuthenticationTokenException", "Missing Authentication Token");
    }

    [Fact]
    public async Task RestJson_WrongSecret_IsInvalidSignature()
    {
        var answer = await GetAsync(new SignedClient("toy", Secret: "wrong"));
        AssertError(answer, 403, "InvalidSignatureException", Mismatch);
    }

    [Fact]
    public async Task RestJson_UnknownKey_IsUnrecognizedClient()
    {
        var answer = await GetAsync(new SignedClient("toy", AccessKeyId: "AKIAUNKNOWN"));
        AssertError(answer, 403, "UnrecognizedClientException", "The security token included in the request is invalid.");
    }

    [Fact]
    public async Task RestJson_TwelveDigitKey_IsItsAccountsRoot()
    {
        var answer = await GetAsync(new SignedClient("toy", AccessKeyId: "123456789012"));
        Assert.Contains("|123456789012|eu-west-1|arn:aws:iam::123456789012:root|", answer.Text);
    }

    [Theory]
    [InlineData(-301, "Signature expired: ")]
    [InlineData(301, "Signature not yet current: ")]
    public async Task RestJson_ClockOff_IsRefusedWithTheDifference(int seconds, string start)
    {
        var answer = await GetAsync(new SignedClient("toy") { Time = TimeProvider.System.GetUtcNow().AddSeconds(seconds) });
        Assert.Equal(403, (int)answer.Status);
        Assert.StartsWith(start, (string?)answer.Json["message"]);
    }

    [Fact]
    public async Task RestJson_ClockSlightlyOff_IsAccepted()
    {
        var answer = await GetAsync(new SignedClient("toy") { Time = TimeProvider.System.GetUtcNow().AddSeconds(-240) });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256 nonsense")]
    [InlineData("AWS4-HMAC-SHA256 Credential=test/20200101/eu-west-1/toy/aws4_request, SignedHeaders=host")]
    [InlineData("AWS4-HMAC-SHA256 Credential=test/eu-west-1/toy, SignedHeaders=host, Signature=00")]
    [InlineData("AWS4-ECDSA-P256-SHA256 Credential=test/20200101/eu-west-1/toy/aws4_request, SignedHeaders=host, Signature=00")]
    [InlineData("Bearer token")]
    public async Task RestJson_MalformedHeader_IsIncomplete(string authorization)
    {
        var answer = await edge.SendAsync(
            null, HttpMethod.Get, "/2020/things/x", [], r => r.Headers.TryAddWithoutValidation("Authorization", authorization));
        Assert.Equal(403, (int)answer.Status);
        Assert.Equal("IncompleteSignatureException", answer.Header("x-amzn-ErrorType"));
    }

    [Fact]
    public async Task RestJson_BodyChangedAfterSigning_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(edge.Host.Endpoint, "/2020/things"));
        new SignedClient("toy").Sign(request, Encoding.UTF8.GetBytes("""{"Name":"a"}"""));
        request.Content = new StringContent("""{"Name":"b"}""");
        using var response = await edge.Host.Client.SendAsync(request);
        AssertError(await Answer.OfAsync(response), 403, "InvalidSignatureException", Mismatch);
    }

    [Fact]
    public async Task RestJson_DeclaredHashOfAnotherBody_IsRefused()
    {
        var answer = await edge.SendAsync(
            new SignedClient("toy") { PayloadHash = new string('a', 64) }, HttpMethod.Post, "/2020/things", Encoding.UTF8.GetBytes("""{"Name":"b"}"""));
        Assert.Equal(403, (int)answer.Status);
    }

    [Fact]
    public async Task RestJson_HeaderAddedToSignedOnes_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.Host.Endpoint, "/2020/things/x"));
        request.Headers.Add("x-amz-meta", "one");
        new SignedClient("toy").Sign(request, []);
        request.Headers.Add("x-amz-meta", "two");
        using var response = await edge.Host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Json11_WrongSecret_Is400WithType()
    {
        var answer = await edge.SendAsync(
            new SignedClient("toylogs", Secret: "wrong"), HttpMethod.Post, "/", "{}"u8.ToArray(), r => r.Headers.Add("X-Amz-Target", "Toy_20200101.Clear"));
        Assert.Equal(400, (int)answer.Status);
        Assert.Equal("InvalidSignatureException", (string?)answer.Json["__type"]);
    }

    [Fact]
    public async Task Json11_ScopeOfAnotherService_IsRefused()
    {
        var answer = await edge.SendAsync(
            new SignedClient("toy"), HttpMethod.Post, "/", "{}"u8.ToArray(), r => r.Headers.Add("X-Amz-Target", "Toy_20200101.Clear"));
        Assert.Equal("Credential should be scoped to correct service: 'toylogs'.", (string?)answer.Json["message"]);
    }

    [Fact]
    public async Task Root_ForeignOrigin_IsRefused()
    {
        var foreign = await GetAsync(new SignedClient("toy"), r => r.Headers.Add("Origin", "https://evil.example"));
        AssertError(foreign, 403, "UnrecognizedClientException", "The security token included in the request is invalid.");
        var own = await GetAsync(new SignedClient("toy"), r => r.Headers.Add("Origin", "http://localhost:3000"));
        Assert.Equal(HttpStatusCode.OK, own.Status);
        Assert.Equal("http://localhost:3000", own.Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("evil.example", 403)]
    [InlineData("localhost.evil.example", 403)]
    [InlineData("notlocalhost", 403)]
    [InlineData("toy.localhost", 200)]
    [InlineData("toy.eu-west-1.amazonaws.com", 200)]
    public async Task Root_Host_MustBeThePlatforms(string host, int status)
    {
        var answer = await GetAsync(new SignedClient("toy"), r => r.Headers.Host = host);
        Assert.Equal(status, (int)answer.Status);
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(-59, 200)]
    [InlineData(-61, 403)]
    [InlineData(299, 200)]
    [InlineData(301, 403)]
    public async Task Presigned_Age_Decides(int seconds, int status)
    {
        var path = Presigner.Sign(edge.Host.Endpoint, "toy", "/2020/things/a%3Ab?Qualifier=1", TimeProvider.System.GetUtcNow().AddSeconds(seconds), 60);
        var answer = await edge.SendAsync(null, HttpMethod.Get, path, []);
        Assert.Equal(status, (int)answer.Status);
    }

    [Fact]
    public async Task Presigned_ChangedParameter_IsRefused()
    {
        var path = Presigner.Sign(edge.Host.Endpoint, "toy", "/2020/things/a?Qualifier=1", TimeProvider.System.GetUtcNow(), 60);
        Assert.Equal(403, (int)(await edge.SendAsync(null, HttpMethod.Get, path.Replace("Qualifier=1", "Qualifier=2", StringComparison.Ordinal), [])).Status);
        Assert.Equal(403, (int)(await edge.SendAsync(null, HttpMethod.Get, path.Replace("X-Amz-Expires=60", "X-Amz-Expires=600", StringComparison.Ordinal), [])).Status);
        var tooLong = path.Replace("X-Amz-Expires=60", string.Create(CultureInfo.InvariantCulture, $"X-Amz-Expires={604_801}"), StringComparison.Ordinal);
        Assert.Equal("IncompleteSignatureException", (await edge.SendAsync(null, HttpMethod.Get, tooLong, [])).Header("x-amzn-ErrorType"));
    }

    private Task<Answer> GetAsync(SignedClient client, Action<HttpRequestMessage>? change = null) =>
        edge.SendAsync(client, HttpMethod.Get, "/2020/things/x", [], change);

    private static void AssertError(Answer answer, int status, string code, string message)
    {
        Assert.Equal(status, (int)answer.Status);
        Assert.Equal(code, answer.Header("x-amzn-ErrorType"));
        Assert.Equal(message, (string?)answer.Json["message"]);
    }
}
