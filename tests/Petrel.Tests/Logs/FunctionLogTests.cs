using System.Text;
using Petrel.Aws.Logs;
using Petrel.Functions;
using Petrel.Server.Services.Logs.Store.Segments;

namespace Petrel.Tests.Logs;

public sealed class FunctionLogTests : IAsyncDisposable
{
    private const string Group = "/aws/lambda/hello";

    private readonly LogsHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Append_FirstLine_MakesGroupAndStream()
    {
        using var log = _host.OpenFunction("hello", "2026/01/31/[$LATEST]abc");
        Append(log, "START");
        await log.FlushAsync();
        Assert.Equal(["START"], await _host.FilterAsync(new FilterLogEventsRequest(Group)));
        var stream = (await _host.Logs.DescribeLogStreams(new DescribeLogStreamsRequest(Group), _host.Call)).LogStreams.Single();
        Assert.Equal("2026/01/31/[$LATEST]abc", stream.LogStreamName);
        var events = await _host.Logs.GetLogEvents(new GetLogEventsRequest(stream.LogStreamName, Group), _host.Call);
        Assert.Equal("START", events.Events.Single().Message);
    }

    [Fact]
    public async Task Flush_ThenKilled_HasTheLines()
    {
        var log = _host.OpenFunction("hello", "s");
        Append(log, "END");
        await log.FlushAsync();
        _host.Restart();
        Assert.Equal(["END"], await _host.FilterAsync(new FilterLogEventsRequest(Group)));
    }

    [Fact]
    public async Task Append_AfterTheGroupWasDeleted_BeginsANewOne()
    {
        using var log = _host.OpenFunction("hello", "s");
        Append(log, "old");
        await log.FlushAsync();
        await _host.Logs.DeleteLogGroup(new DeleteLogGroupRequest(Group), _host.Call);
        Append(log, "new");
        await log.FlushAsync();
        Assert.Equal(["new"], await _host.FilterAsync(new FilterLogEventsRequest(Group)));
    }

    [Fact]
    public async Task Append_AfterTheStreamWasDeleted_BeginsANewOne()
    {
        using var log = _host.OpenFunction("hello", "s");
        Append(log, "old");
        await log.FlushAsync();
        await _host.Logs.DeleteLogStream(new DeleteLogStreamRequest(Group, "s"), _host.Call);
        Append(log, "new");
        await log.FlushAsync();
        Assert.Equal(["new"], await _host.FilterAsync(new FilterLogEventsRequest(Group)));
    }

    [Fact]
    public async Task Append_AMillionLines_StaysWithinItsBoundsAndSaysWhatIsMissing()
    {
        using var log = _host.OpenFunction("hello", "s");
        var line = Encoding.UTF8.GetBytes("a line that a function prints a million times over");
        for (var i = 0; i < 1_000_000; i++)
        {
            log.Append(_host.Clock.GetUtcNow(), line);
        }

        await log.FlushAsync();
        var bytes = Directory.GetFiles(_host.LogsFolder, "*.log", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        Assert.InRange(bytes, 1, 5 << 20);
        var told = await _host.FilterAsync(new FilterLogEventsRequest(Group, FilterPattern: "\"[petrel]\" dropped"));
        Assert.NotEmpty(told);
    }

    [Fact]
    public async Task Open_AThousandIdleFunctions_HoldNoFilesAndNoTimer()
    {
        var logs = Enumerable.Range(0, 1_000).Select(i => _host.OpenFunction($"f{i}", "s")).ToList();
        Assert.Equal(0, _host.Get<LogTicker>().ActiveGroups);
        Assert.False(Directory.Exists(_host.LogsFolder));
        logs.ForEach(log => log.Dispose());
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Follow_AGroupThatIsNotThereYet_SeesItsFirstLines()
    {
        using var ended = new CancellationTokenSource();
        var tail = _host.Get<ILogTail>().FollowAsync(new TailRequest(_host.Call.Account, _host.Call.Region, Group, Filter: "-noise"), ended.Token);
        await using var events = tail.GetAsyncEnumerator(ended.Token);
        var next = events.MoveNextAsync();
        using var log = _host.OpenFunction("hello", "s");
        Append(log, "noise");
        Append(log, "first");
        await log.FlushAsync();
        Assert.True(await next);
        Assert.Equal(("first", "s"), (events.Current.Message, events.Current.LogStream));
        Append(log, "second");
        await log.FlushAsync();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("second", events.Current.Message);
    }

    [Fact]
    public async Task Follow_Since_GivesThePastFirst()
    {
        using var log = _host.OpenFunction("hello", "s");
        Append(log, "past");
        await log.FlushAsync();
        var request = new TailRequest(_host.Call.Account, _host.Call.Region, Group, _host.Clock.GetUtcNow().AddMinutes(-1));
        await using var events = _host.Get<ILogTail>().FollowAsync(request).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("past", events.Current.Message);
        var next = events.MoveNextAsync();
        Append(log, "present");
        await log.FlushAsync();
        Assert.True(await next);
        Assert.Equal("present", events.Current.Message);
    }

    [Fact]
    public async Task StartLiveTail_Session_StartsAndThenUpdatesEachSecond()
    {
        await _host.CreateAsync("g", "a", "b");
        using var aborted = new CancellationTokenSource();
        var call = _host.Call with { Aborted = aborted.Token };
        var result = await _host.Logs.StartLiveTail(
            new StartLiveTailRequest(["arn:aws:logs:eu-west-1:111122223333:log-group:g"], LogStreamNames: ["a"], LogEventFilterPattern: "ERROR"), call);
        await using var events = result.ResponseStream.GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("ERROR", Assert.IsType<SessionStart>(events.Current).LogEventFilterPattern);

        var update = events.MoveNextAsync();
        var timers = _host.Clock.WaitingTimers;
        await _host.PutAsync("g", "a", (0, "ERROR here"), (1, "fine"));
        await _host.PutAsync("g", "b", (0, "ERROR elsewhere"));
        var seen = new List<LiveTailSessionLogEvent>();
        while (seen.Count == 0)
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(await update);
            seen.AddRange(Assert.IsType<SessionUpdate>(events.Current).SessionResults);
            update = events.MoveNextAsync();
        }

        Assert.Equal(("a", "ERROR here"), (seen.Single().LogStreamName, seen.Single().Message));
        await aborted.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await update);
        Assert.True(timers > 0);
    }

    private void Append(IInstanceLog log, string line) => log.Append(_host.Clock.GetUtcNow(), Encoding.UTF8.GetBytes(line));
}
