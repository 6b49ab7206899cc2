using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Http;

/// <summary>How programs that serve HTTP are started, waited for, and given up.</summary>
public sealed class StartTests
{
    private static readonly Lazy<EngineHost> Hurried = new(() => new EngineHost(4_000, new HurriedTime(10)));

    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Program_ThatListensLate_IsWaitedFor()
    {
        var function = ForwardTests.Program("setTimeout(() => require('http').createServer((q, r) => r.end('1')).listen(process.env.PORT), 700)");
        Assert.Equal("1", (await Host.InvokeAsync(function)).Payload);
    }

    [Theory]
    [InlineData("listen(process.env.PORT, '127.0.0.1')")]
    [InlineData("listen(process.env.PORT, '::1')")]
    [InlineData("listen(+process.env.PORT)")]
    public async Task Program_AtEitherLoopback_IsFound(string listen)
    {
        var function = ForwardTests.Program($"require('http').createServer((q, r) => r.end('1')).{listen}");
        Assert.Equal("1", (await Host.InvokeAsync(function)).Payload);
    }

    [Fact]
    public async Task Program_WithAReadyPath_IsReadyWhenItAnswers()
    {
        var function = ForwardTests.Program("""
            let asked = 0;
            require('http').createServer((q, r) => { r.statusCode = q.url === '/ready' && ++asked < 3 ? 503 : 200; r.end(`${asked}`); }).listen(process.env.PORT);
            """) with
        { Environment = new Dictionary<string, string> { ["PETREL_HTTP_READY_PATH"] = "/ready", ["PORT"] = "3000" } };
        Assert.Equal("3", (await Host.InvokeAsync(function)).Payload);
    }

    [Fact]
    public async Task Program_OnAnotherPort_IsGivenUpWithTheReason()
    {
        var host = Hurried.Value;
        var function = host.Function("http", "node server.js", "server.js", "require('http').createServer(() => {}).listen(3000, '127.0.0.1')");
        var (result, payload) = await host.InvokeAsync(function);
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Equal(
            """{"errorType":"Http.NotListening","errorMessage":"The program does not listen on port 8080, the value of PORT. It listens at 127.0.0.1:3000."}""",
            payload);
        Assert.Contains(host.Logs.Of(function), l => l.Contains("does not listen on port 8080", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Program_ThatNeverListens_IsGivenUp()
    {
        var host = Hurried.Value;
        var function = host.Function("http", "run.sh", "run.sh", "#!/bin/sh\nexec sleep 1000\n");
        Assert.Contains("It listens nowhere.", (await host.InvokeAsync(function)).Payload);
    }

    [Fact]
    public async Task Program_ThatEnds_IsToldByItsExitCode()
    {
        var function = Host.Function("http", "run.sh", "run.sh", "#!/bin/sh\necho no configuration\nexit 7\n");
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Contains("Runtime exited with error: exit status 7", payload);
        Assert.Contains("no configuration", Host.Logs.Of(function));
    }

    [Theory]
    [InlineData("PORT", "4566")]
    [InlineData("PORT", "web")]
    [InlineData("PETREL_HTTP_EVENT_PATH", "a b")]
    public async Task Setting_ThatMeansNothing_IsRefused(string name, string value)
    {
        var function = ForwardTests.Program() with { Environment = new Dictionary<string, string> { [name] = value } };
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Contains("Runtime.InvalidConfiguration", payload);
        Assert.Contains(name, payload);
    }

    [Fact]
    public async Task Command_ThatIsAFileWithoutItsRight_IsRefused()
    {
        var function = ForwardTests.Program("#!/bin/sh\n", "run.sh", "run.sh --fast");
        File.SetUnixFileMode(Path.Combine(function.CodeDirectory, "run.sh"), UnixFileMode.UserRead);
        Assert.Contains("chmod +x run.sh", (await Host.InvokeAsync(function)).Payload);
    }

    [Fact]
    public async Task Invocation_BeyondItsTime_EndsTheProgram()
    {
        var function = ForwardTests.Program("require('http').createServer(() => {}).listen(process.env.PORT)") with { Timeout = TimeSpan.FromMilliseconds(300) };
        var (result, payload) = await Host.InvokeAsync(function);
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.Contains("Sandbox.Timedout", payload);
    }
}
