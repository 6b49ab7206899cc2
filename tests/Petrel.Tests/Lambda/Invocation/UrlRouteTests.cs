using System.Net;
using System.Text;
using System.Text.Json;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Testing;
using Petrel.Wire;

namespace Petrel.Tests.Lambda.Invocation;

public sealed class UrlRouteTests
{
    private const string Forbidden =
        """{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}""";

    [Fact]
    public async Task Request_ByHost_BecomesAnEventAndItsResultTheAnswer()
    {
        await using var host = await UrlHost.StartAsync();
        var answer = await host.Client.PostAsync("/a/b?x=1", new StringContent("hi", Encoding.UTF8, "text/plain"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var seen = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("/a/b", seen.RootElement.GetProperty("rawPath").GetString());
        Assert.Equal("hi", seen.RootElement.GetProperty("body").GetString());
        var invocation = host.Lambda.Engine.Invocations.Single().Invocation;
        Assert.Equal(invocation.RequestId, answer.Headers.GetValues("x-amzn-RequestId").Single());
        Assert.Equal(invocation.RequestId, seen.RootElement.GetProperty("requestContext").GetProperty("requestId").GetString());
    }

    [Fact]
    public async Task Request_ByPath_ReachesTheSameFunction()
    {
        await using var host = await UrlHost.StartAsync();
        host.Client.DefaultRequestHeaders.Host = "localhost:4566";
        using var seen = JsonDocument.Parse(await host.Client.GetStringAsync($"/_url/{UrlHost.UrlId}/a?x=1"));
        Assert.Equal("/a", seen.RootElement.GetProperty("rawPath").GetString());
        Assert.Equal(
            $"{UrlHost.UrlId}.lambda-url.eu-west-1.localhost:4566",
            seen.RootElement.GetProperty("requestContext").GetProperty("domainName").GetString());
    }

    [Fact]
    public async Task Request_WithATrace_GoesOnInIt()
    {
        await using var host = await UrlHost.StartAsync();
        await host.Client.GetAsync("/");
        Assert.Matches("^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$", host.Lambda.Engine.Invocations.Last().Invocation.TraceId);
        host.Client.DefaultRequestHeaders.Add("X-Amzn-Trace-Id", "Root=1-1-2;Parent=3;Sampled=1");
        using var seen = JsonDocument.Parse(await host.Client.GetStringAsync("/"));
        Assert.Equal("Root=1-1-2;Parent=3;Sampled=1", host.Lambda.Engine.Invocations.Last().Invocation.TraceId);
        Assert.Equal("Root=1-1-2;Parent=3;Sampled=1", seen.RootElement.GetProperty("headers").GetProperty("x-amzn-trace-id").GetString());
    }

    [Fact]
    public async Task Request_UrlsNeedInvokeFunction_AsksForBothActions()
    {
        await using var host = await UrlHost.StartAsync(options: o => o with { UrlsNeedInvokeFunction = true });
        await host.Client.GetAsync("/");
        Assert.Equal(["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"], host.Checks.Select(c => c.Check.Action));
        Assert.Equal("true", host.Checks[1].Check.Context!["lambda:InvokedViaFunctionUrl"]);
    }

    [Fact]
    public async Task Request_UnknownUrl_IsForbiddenWithoutAMessage()
    {
        await using var host = await UrlHost.StartAsync();
        host.Client.DefaultRequestHeaders.Host = "0123456789abcdefghijklmnopqrstuv.lambda-url.eu-west-1.localhost";
        var answer = await host.Client.GetAsync("/");
        Assert.Equal((HttpStatusCode.Forbidden, """{"Message":null}"""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("AccessDeniedException", answer.Headers.GetValues("x-amzn-ErrorType").Single());
    }

    [Fact]
    public async Task Request_WithoutAuth_AsksThePolicyForEverybodyOnce()
    {
        await using var host = await UrlHost.StartAsync();
        host.Caller = Principal.Root("111111111111");
        await host.Client.GetAsync("/");
        await host.Client.GetAsync("/");
        var (check, caller) = host.Checks.Single();
        Assert.Equal(PrincipalKind.Anonymous, caller.Kind);
        Assert.Equal("lambda:InvokeFunctionUrl", check.Action);
        Assert.Equal("arn:aws:lambda:eu-west-1:111111111111:function:f", check.Resource);
        Assert.Equal("NONE", check.Context!["lambda:FunctionUrlAuthType"]);
        Assert.Contains("\"Principal\":\"*\"", check.ResourcePolicy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_PolicyAllowsNobody_IsForbiddenUntilItChanges()
    {
        await using var host = await UrlHost.StartAsync();
        host.Allowed = false;
        var answer = await host.Client.GetAsync("/");
        Assert.Equal((HttpStatusCode.Forbidden, Forbidden), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));

        host.Allowed = true;
        var function = (await host.Lambda.Cache.FindAsync(new FunctionKey(InvocationFixture.Account, InvocationFixture.Region, "f"), default))!.Function;
        await host.Lambda.WriteAsync(tx => PolicyStore.Policies.Remove(tx, function, null));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Request_WithIamAuth_NeedsAnAllowedCaller()
    {
        await using var host = await UrlHost.StartAsync("AWS_IAM");
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.GetAsync("/")).StatusCode);
        Assert.Empty(host.Checks);

        host.Caller = Principal.Root("222222222222", "AKIA1");
        using var seen = JsonDocument.Parse(await host.Client.GetStringAsync("/"));
        Assert.Equal("222222222222", seen.RootElement.GetProperty("requestContext").GetProperty("accountId").GetString());
        Assert.Equal("AWS_IAM", host.Checks.Single().Check.Context!["lambda:FunctionUrlAuthType"]);

        host.Allowed = false;
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.GetAsync("/")).StatusCode);
    }

    [Theory]
    [InlineData("NONE", HttpStatusCode.OK)]
    [InlineData("AWS_IAM", HttpStatusCode.Forbidden)]
    public async Task Request_WithAWrongSignature_IsRefusedOnlyWhereOneIsAsked(string authType, HttpStatusCode status)
    {
        await using var host = await UrlHost.StartAsync(authType);
        host.Refusal = new CommonException("InvalidSignatureException", "wrong", 403);
        var answer = await host.Client.GetAsync("/");
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status != HttpStatusCode.OK, answer.Headers.TryGetValues("x-amzn-ErrorType", out var error) && error.Single() == "InvalidSignatureException");
    }

    [Fact]
    public async Task Request_ClientGoes_TheInvocationStillEnds()
    {
        await using var host = await UrlHost.StartAsync();
        var (started, goOn, ended) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        host.Lambda.Engine.Script("f", async (_, _, abandoned) =>
        {
            abandoned.Register(goOn.SetResult);
            started.SetResult();
            await goOn.Task;
            ended.SetResult();
            return FunctionAnswer.Of("1");
        });
        using var leave = new CancellationTokenSource();
        var request = host.Client.GetAsync("/", leave.Token);
        await started.Task;
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("BUFFERED")]
    [InlineData("RESPONSE_STREAM")]
    public async Task Request_FunctionFails_Is502(string mode)
    {
        await using var host = await UrlHost.StartAsync(invokeMode: mode);
        host.Lambda.Engine.Script("f", _ => FunctionAnswer.Error("no"));
        var answer = await host.Client.GetAsync("/");
        Assert.Equal((HttpStatusCode.BadGateway, "Internal Server Error"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        host.Lambda.Engine.Script("f", (_, _, _) => throw new FunctionStartException("InvalidRuntimeException", "x"));
        Assert.Equal(HttpStatusCode.BadGateway, (await host.Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Request_Throttled_Is429WithTheReason()
    {
        await using var host = await UrlHost.StartAsync();
        host.Lambda.Engine.Script("f", (_, _, _) => throw new ThrottledException(ThrottleReason.ReservedFunctionConcurrentInvocationLimitExceeded));
        var answer = await host.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(
            """{"Type":"User","Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","message":"Rate Exceeded."}""",
            await answer.Content.ReadAsStringAsync());
        Assert.Equal("1", answer.Headers.GetValues("Retry-After").Single());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_BodyTooLarge_Is413(bool lengthKnown)
    {
        await using var host = await UrlHost.StartAsync();
        using var body = new ByteArrayContent(new byte[(6 * 1024 * 1024) + 1]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = body };
        request.Headers.TransferEncodingChunked = !lengthKnown;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await host.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Request_Head_HasTheHeadersAlone()
    {
        await using var host = await UrlHost.StartAsync();
        host.Lambda.Engine.Script("f", _ => FunctionAnswer.Of("""{"statusCode":200,"body":"body123"}"""));
        using var request = new HttpRequestMessage(HttpMethod.Head, "/");
        var answer = await host.Client.SendAsync(request);
        Assert.Equal(7, answer.Content.Headers.ContentLength);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Request_Cors_AnswersPreflightsAndMarksAnswers()
    {
        await using var host = await UrlHost.StartAsync(cors: new CorsRecord(null, null, ["GET"], ["https://a.example"], null, null));
        host.Client.DefaultRequestHeaders.Add("Origin", "https://a.example");
        var answer = await host.Client.GetAsync("/");
        Assert.Equal("https://a.example", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/");
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        Assert.Equal("GET", (await host.Client.SendAsync(preflight)).Headers.GetValues("Access-Control-Allow-Methods").Single());
        Assert.Single(host.Lambda.Engine.Invocations);
    }

    [Fact]
    public async Task Stream_Chunks_ArriveAsTheyAreMade()
    {
        await using var host = await UrlHost.StartAsync(invokeMode: "RESPONSE_STREAM");
        var goOn = new TaskCompletionSource();
        host.Lambda.Engine.Script("f", async (_, invocation, _) =>
        {
            var stream = invocation.ResponseStream!;
            await stream.StartAsync("text/plain", """{"statusCode":201,"headers":{"content-type":"text/event-stream"}}"""u8.ToArray(), default);
            await stream.WriteAsync("first"u8.ToArray(), default);
            await goOn.Task;
            await stream.WriteAsync("second"u8.ToArray(), default);
            return FunctionAnswer.Of("");
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        using var answer = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var bytes = new byte[100];
        Assert.Equal("first", Encoding.UTF8.GetString(bytes, 0, await body.ReadAsync(bytes)));
        goOn.SetResult();
        Assert.Equal("second", Encoding.UTF8.GetString(bytes, 0, await body.ReadAsync(bytes)));
        Assert.Equal(0, await body.ReadAsync(bytes));
    }

    [Fact]
    public async Task Stream_HandlerThatDoesNotStream_AnswersItsJsonAsItIs()
    {
        await using var host = await UrlHost.StartAsync(invokeMode: "RESPONSE_STREAM");
        host.Lambda.Engine.Script("f", _ => FunctionAnswer.Of("""{"statusCode":404}"""));
        var answer = await host.Client.GetAsync("/");
        Assert.Equal((HttpStatusCode.OK, """{"statusCode":404}"""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Stream_HandlerFailsInTheMiddle_CutsTheAnswerOff()
    {
        await using var host = await UrlHost.StartAsync(invokeMode: "RESPONSE_STREAM");
        host.Lambda.Engine.Script("f", _ => FunctionAnswer.Error("no") with { Chunks = ["part"] });
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () => await host.Client.GetStringAsync("/"));
    }
}
