using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Jobs;
using Petrel.Server.Services.DynamoDb.Model.Tables;

namespace Petrel.Tests.DynamoDb.Tables;

public sealed class TimeToLiveTests
{
    private const string Enable = "{'TableName':'abc','TimeToLiveSpecification':{'Enabled':true,'AttributeName':'ttl'}}";
    private const string Disable = "{'TableName':'abc','TimeToLiveSpecification':{'Enabled':false,'AttributeName':'ttl'}}";

    [Fact]
    public async Task Sweep_ItemOfAPastSecond_Goes()
    {
        await using var host = new TablesHost();
        await StartAsync(host);
        await PutAsync(host, "soon", host.NowSeconds + 10);
        await PutAsync(host, "later", host.NowSeconds + 1_000);
        await host.PutAsync("abc", "text", ",'ttl':{'S':'1'}");
        Assert.Equal(0, await SweepAsync(host));
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, await SweepAsync(host));
        Assert.Equal("later= text=", await host.ItemsAsync("abc"));
        host.Clock.Advance(TimeSpan.FromSeconds(1_000));
        Assert.Equal(1, await SweepAsync(host));
        Assert.Equal("text=", await host.ItemsAsync("abc"));
    }

    [Fact]
    public async Task Sweep_ItemWrittenAfterItsTime_GoesToo()
    {
        await using var host = new TablesHost();
        await StartAsync(host);
        await PutAsync(host, "first", host.NowSeconds + 1);
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(1, await SweepAsync(host));
        await PutAsync(host, "late", host.NowSeconds - 500);
        Assert.Equal(1, await SweepAsync(host));
        Assert.Equal("", await host.ItemsAsync("abc"));
    }

    [Fact]
    public async Task Sweep_ItemWhoseTimeWasMovedOrTaken_Stays()
    {
        await using var host = new TablesHost();
        await StartAsync(host);
        await PutAsync(host, "moved", host.NowSeconds + 10);
        await PutAsync(host, "moved", host.NowSeconds + 100);
        await PutAsync(host, "taken", host.NowSeconds + 10);
        await host.PutAsync("abc", "taken");
        await PutAsync(host, "late", host.NowSeconds - 5);
        await PutAsync(host, "late", host.NowSeconds + 100);
        host.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, await SweepAsync(host));
        Assert.Equal("late= moved= taken=", await host.ItemsAsync("abc"));
    }

    [Fact]
    public async Task Sweep_ManyLargeItems_GoInSeveralTransactions()
    {
        await using var host = new TablesHost();
        await StartAsync(host);
        await host.DoAsync("UpdateContinuousBackups", "{'TableName':'abc','PointInTimeRecoverySpecification':{'PointInTimeRecoveryEnabled':true}}");
        await host.DoAsync("UpdateTable", "{'TableName':'abc','StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_AND_OLD_IMAGES'}}");
        var large = new string('x', 390_000);
        for (var i = 0; i < 40; i++)
        {
            await host.PutAsync("abc", $"{i}", $",'ttl':{{'N':'{host.NowSeconds + 1}'}},'v':{{'S':'{large}'}}");
        }

        host.Clock.Advance(TimeSpan.FromSeconds(2));
        var (expired, rounds) = (0, 0);
        while (expired < 40 && rounds++ < 40)
        {
            expired += await SweepAsync(host);
        }

        Assert.Equal(40, expired);
        Assert.Equal(0, (int)(await host.DescribeAsync("abc"))["ItemCount"]!);
    }

    [Fact]
    public async Task Sweep_TimeFiveYearsAgo_IsTakenForAMistake()
    {
        await using var host = new TablesHost();
        await StartAsync(host);
        await PutAsync(host, "old", 1_000);
        Assert.Equal(0, await SweepAsync(host));
        Assert.Equal("old=", await host.ItemsAsync("abc"));
    }

    [Fact]
    public async Task UpdateTimeToLive_OfAFilledTable_FindsWhatIsThere()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        for (var i = 0; i < 150; i++)
        {
            await PutAsync(host, $"{i}", host.NowSeconds + (i < 100 ? 5 : 5_000));
        }

        await host.DoAsync("UpdateTimeToLive", Enable);
        Assert.Equal("{'TimeToLiveStatus':'ENABLING','AttributeName':'ttl'}", await DescribeAsync(host));
        await host.RunJobsAsync();
        Assert.Equal("{'TimeToLiveStatus':'ENABLED','AttributeName':'ttl'}", await DescribeAsync(host));
        host.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(100, await SweepAsync(host));
        Assert.Equal(50, (int)(await host.DescribeAsync("abc"))["ItemCount"]!);
    }

    [Fact]
    public async Task UpdateTimeToLive_DisabledWhileItIsFilledAndEnabledAgain_FindsAll()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        for (var i = 0; i < 150; i++)
        {
            await PutAsync(host, $"{i}", host.NowSeconds + 5);
        }

        await host.DoAsync("UpdateTimeToLive", Enable);
        await host.StepJobsAsync();
        await host.DoAsync("UpdateTimeToLive", Disable);
        await host.DoAsync("UpdateTimeToLive", Enable);
        await host.RunJobsAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(150, await SweepAsync(host));
    }

    [Fact]
    public async Task UpdateTimeToLive_Disabled_NothingGoes()
    {
        await using var host = new TablesHost();
        await StartAsync(host);
        await PutAsync(host, "one", host.NowSeconds + 10);
        await host.DoAsync("UpdateTimeToLive", Disable);
        await host.RunJobsAsync();
        Assert.Equal("{'TimeToLiveStatus':'DISABLED'}", await DescribeAsync(host));
        host.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, await SweepAsync(host));
        Assert.Equal("one=", await host.ItemsAsync("abc"));

        await host.DoAsync("UpdateTimeToLive", Enable);
        await host.RunJobsAsync();
        Assert.Equal(1, await SweepAsync(host));
    }

    [Fact]
    public async Task UpdateTimeToLive_Wrong_IsRefusedInTheServicesWords()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        Assert.Equal("ValidationException: TimeToLive is already disabled", await host.ErrorAsync("UpdateTimeToLive", Disable));
        await host.DoAsync("UpdateTimeToLive", Enable);
        Assert.Equal("ValidationException: TimeToLive is already enabled", await host.ErrorAsync("UpdateTimeToLive", Enable));
        Assert.Equal(
            "ValidationException: TimeToLive is active on a different AttributeName: current AttributeName is ttl",
            await host.ErrorAsync("UpdateTimeToLive", Enable.Replace("ttl", "other", StringComparison.Ordinal)));
        Assert.Equal(
            "ResourceNotFoundException: Requested resource not found: Table: none not found",
            await host.ErrorAsync("UpdateTimeToLive", Enable.Replace("abc", "none", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("1700000000", 1_700_000_000L)]
    [InlineData("1.7E9", 1_700_000_000L)]
    [InlineData("1700000000.9", 1_700_000_000L)]
    [InlineData("-5", null)]
    [InlineData("1E30", null)]
    [InlineData("0.1", 0L)]
    public void ExpiryOf_Number_IsTheSecondOrNothing(string number, long? expected)
    {
        var item = new AttributeMapBuilder(1);
        item.Set("ttl", AttributeValue.Of(DynamoNumber.Parse(number)));
        Assert.Equal(expected, ExpiryRules.ExpiryOf(new TimeToLiveState("ttl", 1, false), item.Build()));
    }

    private static async Task StartAsync(TablesHost host)
    {
        await host.CreateAsync("abc");
        await host.DoAsync("UpdateTimeToLive", Enable);
        await host.RunJobsAsync();
    }

    private static Task PutAsync(TablesHost host, string id, long expiry) => host.PutAsync("abc", id, $",'ttl':{{'N':'{expiry}'}}");

    private static Task<int> SweepAsync(TablesHost host) => host.Get<ExpirySweep>().SweepAsync(TestContext.Current.CancellationToken);

    private static async Task<string> DescribeAsync(TablesHost host) =>
        TablesHost.Plained((await host.DoAsync("DescribeTimeToLive", "{'TableName':'abc'}"))["TimeToLiveDescription"]!);
}
