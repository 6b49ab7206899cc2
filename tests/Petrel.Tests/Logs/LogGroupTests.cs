using Petrel.Aws.Logs;
using Petrel.Server.Services.Logs.Api;
using Petrel.Tests.Iam;
using Petrel.Wire;

namespace Petrel.Tests.Logs;

public sealed class LogGroupTests : IAsyncDisposable
{
    private readonly LogsHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task CreateLogGroup_Twice_IsRefused()
    {
        await _host.CreateAsync("g");
        await IamAssert.FailsAsync("ResourceAlreadyExistsException", "The specified log group already exists", () => _host.CreateAsync("g"));
    }

    [Fact]
    public async Task DescribeLogGroups_ByPrefixPatternAndPage_FindsThem()
    {
        foreach (var name in new[] { "a/1", "a/2", "a/3", "b/Data" })
        {
            await _host.CreateAsync(name);
        }

        Assert.Equal(["a/1", "a/2", "a/3"], await NamesAsync(new DescribeLogGroupsRequest(LogGroupNamePrefix: "a/")));
        Assert.Equal(["b/Data"], await NamesAsync(new DescribeLogGroupsRequest(LogGroupNamePattern: "data")));
        var page = await _host.Logs.DescribeLogGroups(new DescribeLogGroupsRequest(Limit: 3), _host.Call);
        Assert.Equal(["b/Data"], await NamesAsync(new DescribeLogGroupsRequest(NextToken: page.NextToken)));
        var group = page.LogGroups[0];
        Assert.Equal("arn:aws:logs:eu-west-1:111122223333:log-group:a/1:*", group.Arn);
        Assert.Equal((_host.Now, 0, 0L), (group.CreationTime, group.MetricFilterCount, group.StoredBytes));
        await IamAssert.FailsAsync(
            "InvalidParameterException",
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
            () => NamesAsync(new DescribeLogGroupsRequest(LogGroupNamePrefix: "a", LogGroupNamePattern: "b")));
    }

    [Fact]
    public async Task DeleteLogGroup_ThenMadeAnew_IsEmpty()
    {
        await _host.CreateAsync("g", "s");
        await _host.PutAsync("g", "s", (0, "old"));
        await _host.Logs.DeleteLogGroup(new DeleteLogGroupRequest("g"), _host.Call);
        Assert.Empty(Directory.GetDirectories(_host.LogsFolder));
        await IamAssert.FailsAsync(
            "ResourceNotFoundException", "The specified log group does not exist.", () => _host.FilterAsync(new FilterLogEventsRequest("g")));
        await _host.CreateAsync("g", "s");
        Assert.Empty(await _host.FilterAsync(new FilterLogEventsRequest("g")));
    }

    [Fact]
    public async Task DeleteLogGroup_Protected_IsRefused()
    {
        await _host.CreateAsync("g");
        await _host.Logs.PutLogGroupDeletionProtection(new PutLogGroupDeletionProtectionRequest("g", true), _host.Call);
        await Assert.ThrowsAsync<LogsValidationException>(() => _host.Logs.DeleteLogGroup(new DeleteLogGroupRequest("g"), _host.Call));
        await _host.Logs.PutLogGroupDeletionProtection(new PutLogGroupDeletionProtectionRequest("g", false), _host.Call);
        await _host.Logs.DeleteLogGroup(new DeleteLogGroupRequest("g"), _host.Call);
    }

    [Fact]
    public async Task CreateLogGroup_WithAnEncryptionKey_IsNotImplementedByName()
    {
        var failure = await Assert.ThrowsAsync<CommonException>(() => _host.Logs.CreateLogGroup(new CreateLogGroupRequest("g", "key"), _host.Call));
        Assert.Equal(501, failure.Status);
    }

    [Fact]
    public async Task PutRetentionPolicy_ThatIsNotAllowed_NamesThoseThatAre()
    {
        await _host.CreateAsync("g");
        var failure = await Assert.ThrowsAsync<InvalidParameterException>(() => RetainAsync(2));
        Assert.StartsWith(
            "1 validation error detected: Value '2' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [1, 3, 5, 7,",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task PutRetentionPolicy_OldEvents_AreHiddenAtOnceAndThenDropped()
    {
        await _host.CreateAsync("g", "s");
        await _host.PutAsync("g", "s", (0, "old"));
        await RetainAsync(1);
        Assert.Equal(["old"], await _host.FilterAsync(new FilterLogEventsRequest("g")));
        _host.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Empty(await _host.FilterAsync(new FilterLogEventsRequest("g")));
        await _host.PutAsync("g", "s", (0, "new"));

        var sweeper = _host.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<RetentionSweeper>().Single();
        await sweeper.SweepAsync(CancellationToken.None);
        _host.Clock.Advance(TimeSpan.FromHours(25));
        await sweeper.SweepAsync(CancellationToken.None);
        await _host.Logs.DeleteRetentionPolicy(new DeleteRetentionPolicyRequest("g"), _host.Call);
        Assert.Empty(await _host.FilterAsync(new FilterLogEventsRequest("g")));
        Assert.Equal(0, (await _host.Logs.DescribeLogGroups(new DescribeLogGroupsRequest(), _host.Call)).LogGroups.Single().StoredBytes);
    }

    [Fact]
    public async Task Sweep_FolderWithoutGroup_IsRemoved()
    {
        var orphan = Directory.CreateDirectory(Path.Combine(_host.LogsFolder, "00000000000000ff"));
        await _host.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<RetentionSweeper>().Single().SweepAsync(CancellationToken.None);
        Assert.False(Directory.Exists(orphan.FullName));
    }

    [Fact]
    public async Task Tags_ByArnAndByName_AreTheSame()
    {
        const string Arn = "arn:aws:logs:eu-west-1:111122223333:log-group:g";
        await _host.CreateAsync("g");
        await _host.Logs.TagResource(new TagResourceRequest(Arn, new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }), _host.Call);
        await _host.Logs.UntagLogGroup(new UntagLogGroupRequest("g", ["b"]), _host.Call);
        Assert.Equal("1", (await _host.Logs.ListTagsForResource(new ListTagsForResourceRequest(Arn), _host.Call)).Tags.Single().Value);
        Assert.Equal("a", (await _host.Logs.ListTagsLogGroup(new ListTagsLogGroupRequest("g"), _host.Call)).Tags.Single().Key);
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => _host.Logs.ListTagsForResource(new ListTagsForResourceRequest(Arn + "h"), _host.Call));
    }

    private async Task<List<string>> NamesAsync(DescribeLogGroupsRequest request) =>
        [.. (await _host.Logs.DescribeLogGroups(request, _host.Call)).LogGroups.Select(g => g.LogGroupName)];

    private Task RetainAsync(int days) => _host.Logs.PutRetentionPolicy(new PutRetentionPolicyRequest("g", days), _host.Call);
}
