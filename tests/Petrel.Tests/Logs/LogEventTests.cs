using Petrel.Aws.Logs;
using Petrel.Tests.Iam;

namespace Petrel.Tests.Logs;

public sealed class LogEventTests : IAsyncDisposable
{
    private readonly LogsHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task PutLogEvents_ThenKilled_HasThemAll()
    {
        await _host.CreateAsync("g", "s");
        await _host.PutAsync("g", "s", (0, "one"), (1, "two"));
        _host.Restart();
        Assert.Equal(["one", "two"], await _host.FilterAsync(new FilterLogEventsRequest("g")));
    }

    [Fact]
    public async Task PutLogEvents_WithoutGroupOrStream_IsRefused()
    {
        await IamAssert.FailsAsync("ResourceNotFoundException", "The specified log group does not exist.", () => _host.PutAsync("g", "s", (0, "x")));
        await _host.CreateAsync("g");
        await IamAssert.FailsAsync("ResourceNotFoundException", "The specified log stream does not exist.", () => _host.PutAsync("g", "s", (0, "x")));
    }

    [Fact]
    public async Task PutLogEvents_BatchAgainstARule_IsRefusedWhole()
    {
        await _host.CreateAsync("g", "s");
        await FailsAsync("Log events in a single PutLogEvents request must be in chronological order.", (1, "a"), (0, "b"));
        await FailsAsync("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.", (-86_400_001, "a"), (0, "b"));
        await FailsAsync("Upload too large: 1048577 bytes exceeds limit of 1048576", (0, new string('x', 1_048_576 - 25)));
        await _host.PutAsync("g", "s", (0, new string('x', 1_048_576 - 26)));

        Task FailsAsync(string message, params (long, string)[] events) =>
            IamAssert.FailsAsync("InvalidParameterException", message, () => _host.PutAsync("g", "s", events));
    }

    [Fact]
    public async Task PutLogEvents_TooOldTooNewAndExpired_AreToldAndTheOthersTaken()
    {
        const long Day = 86_400_000;
        await _host.CreateAsync("g", "s");
        var old = await _host.PutAsync("g", "s", (-14 * Day - 2, "older"), (-14 * Day - 1, "old"), (-14 * Day + 1, "kept"));
        Assert.Equal(new RejectedLogEventsInfo(TooOldLogEventEndIndex: 2), old.RejectedLogEventsInfo);
        var future = await _host.PutAsync("g", "s", (0, "now"), (7_200_001, "later"));
        Assert.Equal(new RejectedLogEventsInfo(TooNewLogEventStartIndex: 1), future.RejectedLogEventsInfo);
        Assert.Equal(["kept", "now"], await _host.FilterAsync(new FilterLogEventsRequest("g")));
        await _host.Logs.PutRetentionPolicy(new PutRetentionPolicyRequest("g", 1), _host.Call);
        var expired = await _host.PutAsync("g", "s", (-Day - 1, "expired"));
        Assert.Equal(new RejectedLogEventsInfo(ExpiredLogEventEndIndex: 1), expired.RejectedLogEventsInfo);
        Assert.Null((await _host.PutAsync("g", "s", (0, "fine"))).RejectedLogEventsInfo);
    }

    [Fact]
    public async Task GetLogEvents_Forward_GivesTheSameTokenAtTheEnd()
    {
        await FillAsync(5);
        var first = await GetAsync(limit: 3, fromHead: true);
        Assert.Equal(["0", "1", "2"], Texts(first));
        var second = await GetAsync(first.NextForwardToken, 3);
        Assert.Equal(["3", "4"], Texts(second));
        var third = await GetAsync(second.NextForwardToken, 3);
        Assert.Empty(third.Events);
        Assert.Equal(second.NextForwardToken, third.NextForwardToken);
        await _host.PutAsync("g", "s", (100, "new"));
        Assert.Equal(["new"], Texts(await GetAsync(third.NextForwardToken, 3)));
    }

    [Fact]
    public async Task GetLogEvents_Backward_BeginsWithTheNewestPage()
    {
        await FillAsync(5);
        var last = await GetAsync(limit: 2);
        Assert.Equal(["3", "4"], Texts(last));
        var middle = await GetAsync(last.NextBackwardToken, 2);
        Assert.Equal(["1", "2"], Texts(middle));
        Assert.Equal(["3", "4"], Texts(await GetAsync(middle.NextForwardToken, 2)));
        var first = await GetAsync(middle.NextBackwardToken, 2);
        Assert.Equal(["0"], Texts(first));
        var end = await GetAsync(first.NextBackwardToken, 2);
        Assert.Empty(end.Events);
        Assert.Equal(first.NextBackwardToken, end.NextBackwardToken);
        Assert.Equal(["0", "1"], Texts(await GetAsync(end.NextForwardToken, 2)));
    }

    [Fact]
    public async Task GetLogEvents_Between_IsInclusiveAndExclusive()
    {
        await FillAsync(5);
        var request = new GetLogEventsRequest("s", "g", StartTime: _host.Now + 1, EndTime: _host.Now + 3, StartFromHead: true);
        Assert.Equal(["1", "2"], Texts(await _host.Logs.GetLogEvents(request, _host.Call)));
    }

    [Fact]
    public async Task GetLogEvents_EmptyStream_HasTokensThatFindWhatComes()
    {
        await _host.CreateAsync("g", "s");
        var empty = await GetAsync(limit: 5);
        Assert.Empty(empty.Events);
        await _host.PutAsync("g", "s", (0, "first"));
        Assert.Equal(["first"], Texts(await GetAsync(empty.NextForwardToken, 5)));
    }

    [Fact]
    public async Task GetLogEvents_BadToken_IsRefused()
    {
        await FillAsync(1);
        await IamAssert.FailsAsync("InvalidParameterException", "The specified nextToken is invalid.", () => GetAsync("f/12/s", 1));
    }

    [Fact]
    public async Task FilterLogEvents_OverStreams_IsInterleavedAndPaged()
    {
        await _host.CreateAsync("g", "a1", "a2", "b1");
        await _host.PutAsync("g", "a1", (0, "ERROR 0"), (3, "ERROR 3"));
        await _host.PutAsync("g", "a2", (1, "ERROR 1"), (2, "fine 2"));
        await _host.PutAsync("g", "b1", (4, "ERROR 4"));
        var request = new FilterLogEventsRequest("g", FilterPattern: "ERROR", Limit: 2);
        var page = await _host.Logs.FilterLogEvents(request, _host.Call);
        Assert.Equal(["ERROR 0", "ERROR 1"], page.Events.Select(e => e.Message));
        Assert.Equal(["a1", "a2"], page.Events.Select(e => e.LogStreamName));
        Assert.Equal(56, page.Events[0].EventId.Length);
        var next = await _host.Logs.FilterLogEvents(request with { NextToken = page.NextToken }, _host.Call);
        Assert.Equal(["ERROR 3", "ERROR 4"], next.Events.Select(e => e.Message));
        Assert.Null(next.NextToken);
        Assert.Equal(["ERROR 0", "ERROR 1", "fine 2", "ERROR 3"], await _host.FilterAsync(new FilterLogEventsRequest("g", LogStreamNamePrefix: "a")));
        Assert.Equal(["ERROR 4"], await _host.FilterAsync(new FilterLogEventsRequest("g", LogStreamNames: ["b1"])));
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => _host.FilterAsync(new FilterLogEventsRequest("g", LogStreamNames: ["b2"])));
        await Assert.ThrowsAsync<InvalidParameterException>(() => _host.FilterAsync(new FilterLogEventsRequest("g", FilterPattern: "{ nonsense }")));
    }

    [Fact]
    public async Task DescribeLogStreams_ByNameAndByTime_WithPages()
    {
        await _host.CreateAsync("g", "a", "b", "c");
        await _host.PutAsync("g", "b", (5, "x"));
        await _host.PutAsync("g", "a", (9, "x"), (12, "y"));
        Assert.Equal(["a", "b", "c"], await NamesAsync(new DescribeLogStreamsRequest("g")));
        Assert.Equal(["c", "b", "a"], await NamesAsync(new DescribeLogStreamsRequest("g", Descending: true)));
        Assert.Equal(["a", "b", "c"], await NamesAsync(new DescribeLogStreamsRequest("g", OrderBy: "LastEventTime", Descending: true)));
        var page = await _host.Logs.DescribeLogStreams(new DescribeLogStreamsRequest("g", Limit: 2), _host.Call);
        Assert.Equal((_host.Now + 9, _host.Now + 12), (page.LogStreams[0].FirstEventTimestamp!.Value, page.LogStreams[0].LastEventTimestamp!.Value));
        Assert.Equal(["c"], await NamesAsync(new DescribeLogStreamsRequest("g", NextToken: page.NextToken)));
        await IamAssert.FailsAsync(
            "InvalidParameterException",
            "Cannot order by LastEventTime with a logStreamNamePrefix.",
            () => NamesAsync(new DescribeLogStreamsRequest("g", OrderBy: "LastEventTime", LogStreamNamePrefix: "a")));
    }

    [Fact]
    public async Task DeleteLogStream_ThenMadeAnew_IsEmpty()
    {
        await _host.CreateAsync("g", "s");
        await _host.PutAsync("g", "s", (0, "old"));
        await _host.Logs.DeleteLogStream(new DeleteLogStreamRequest("g", "s"), _host.Call);
        await IamAssert.FailsAsync("ResourceNotFoundException", "The specified log stream does not exist.", () => GetAsync(limit: 1));
        await _host.Logs.CreateLogStream(new CreateLogStreamRequest("g", "s"), _host.Call);
        Assert.Empty((await GetAsync(limit: 1)).Events);
        _host.Restart();
        Assert.Empty(await _host.FilterAsync(new FilterLogEventsRequest("g")));
    }

    [Fact]
    public async Task CreateLogStream_Twice_IsRefused()
    {
        await _host.CreateAsync("g", "s");
        await IamAssert.FailsAsync(
            "ResourceAlreadyExistsException",
            "The specified log stream already exists",
            () => _host.Logs.CreateLogStream(new CreateLogStreamRequest("g", "s"), _host.Call));
    }

    private async Task FillAsync(int count)
    {
        await _host.CreateAsync("g", "s");
        await _host.PutAsync("g", "s", [.. Enumerable.Range(0, count).Select(i => ((long)i, $"{i}"))]);
    }

    private Task<GetLogEventsResult> GetAsync(string? token = null, int? limit = null, bool fromHead = false) =>
        _host.Logs.GetLogEvents(new GetLogEventsRequest("s", "g", NextToken: token, Limit: limit, StartFromHead: fromHead), _host.Call);

    private async Task<List<string>> NamesAsync(DescribeLogStreamsRequest request) =>
        [.. (await _host.Logs.DescribeLogStreams(request, _host.Call)).LogStreams.Select(s => s.LogStreamName)];

    private static IEnumerable<string> Texts(GetLogEventsResult result) => result.Events.Select(e => e.Message);
}
