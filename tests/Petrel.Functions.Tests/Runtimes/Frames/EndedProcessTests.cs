using System.Net.Sockets;
using System.Text;
using Petrel.Functions;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Runtimes.Adapters;
using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Runtimes.Frames;

namespace Petrel.Functions.Tests.Runtimes.Frames;

/// <summary>A process that has ended before its last words were read: they count, and nothing waits for more.</summary>
public sealed class EndedProcessTests : IAsyncDisposable
{
    private readonly Socket _near = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket _far;
    private readonly TaskCompletionSource _exited = new();
    private readonly FrameSession _frames;
    private readonly RuntimeApiSession _api = new();
    private readonly EitherSession _session;

    public EndedProcessTests()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = Path.Combine(Path.GetTempPath(), Guid.CreateVersion7().ToString("N"));
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        _near.Connect(new UnixDomainSocketEndPoint(path));
        _far = listener.Accept();
        File.Delete(path);
        var spec = new FunctionSpec
        {
            PoolKey = "pool",
            Account = "000000000000",
            Region = "us-east-1",
            Name = "f",
            FunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:f",
            Version = "$LATEST",
            Runtime = "python3.11",
            Handler = "index.handler",
            CodeDirectory = "/",
            LogGroup = "/aws/lambda/f",
            Environment = new Dictionary<string, string>(),
        };
        _frames = new FrameSession(_near, new RuntimeAssignment(spec, RuntimesUnderTest.Provider.Catalogue.Find("python3.11")!, spec.Environment));
        _session = new EitherSession(_frames, _api, () => { });
    }

    [Fact]
    public async Task Init_ApiLearnsOfTheEndFirst_GivesTheErrorOfTheFrame()
    {
        var init = _session.InitAsync(default).AsTask();
        _exited.SetResult();
        await _api.WatchAsync(_exited.Task); // Nobody has read the socket yet.
        Send(FrameKind.InitError, """{"errorType":"Exception"}""");
        _ = _frames.WatchAsync(_exited.Task);
        var outcome = await init;
        Assert.Equal((InitOutcomeKind.Error, """{"errorType":"Exception"}"""), (outcome.Kind, Encoding.UTF8.GetString(outcome.Body.Span)));
    }

    [Fact]
    public async Task Init_EndedWithoutAWord_SaysSoThoughADescendantHoldsTheSocket()
    {
        var init = _session.InitAsync(default).AsTask();
        _exited.SetResult();
        await Task.WhenAll(_api.WatchAsync(_exited.Task), _frames.WatchAsync(_exited.Task));
        Assert.Equal(InitOutcomeKind.Exited, (await init).Kind);
    }

    [Theory]
    [InlineData(FrameKind.Response, RuntimeOutcomeKind.Response, false)]
    [InlineData(FrameKind.Error, RuntimeOutcomeKind.Error, false)]
    [InlineData(FrameKind.Fatal, RuntimeOutcomeKind.Error, true)]
    public async Task Invoke_EndedAfterItsAnswer_GivesTheAnswer(object kind, RuntimeOutcomeKind expected, bool ends)
    {
        Send(FrameKind.Ready, "");
        Assert.Equal(InitOutcomeKind.Ready, (await _session.InitAsync(default)).Kind);
        Send((FrameKind)kind, "{}");
        _exited.SetResult();
        await Task.WhenAll(_api.WatchAsync(_exited.Task), _frames.WatchAsync(_exited.Task));
        var outcome = await InvokeAsync();
        Assert.Equal((expected, ends, "{}"), (outcome.Kind, outcome.Ends, Encoding.UTF8.GetString(outcome.Body.Span)));
        Assert.Equal(RuntimeOutcomeKind.Exited, (await InvokeAsync()).Kind);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        _near.Dispose();
        _far.Dispose();
    }

    private Task<RuntimeOutcome> InvokeAsync() => _session.InvokeAsync(
        new Invocation { RequestId = "1", Payload = "{}"u8.ToArray(), InvokedFunctionArn = "arn:f" }, DateTimeOffset.MaxValue, default).AsTask();

    private void Send(FrameKind kind, string body) =>
        _far.Send([.. BitConverter.GetBytes(body.Length + 1), (byte)kind, .. Encoding.UTF8.GetBytes(body)]);
}
