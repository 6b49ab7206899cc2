using System.Globalization;
using Petrel.Server.Services.DynamoDb.Jobs;
using Petrel.Storage.Faults;

namespace Petrel.Tests.DynamoDb.Tables;

public sealed class RestoreTests
{
    private const string Enable = "{'TableName':'abc','PointInTimeRecoverySpecification':{'PointInTimeRecoveryEnabled':true}}";
    private const string WithIndex = """
        ,'GlobalSecondaryIndexes':[{'IndexName':'byv','KeySchema':[{'AttributeName':'v','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}],
         'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},{'AttributeName':'v','AttributeType':'S'}]
        """;

    [Theory]
    [InlineData("memory")]
    [InlineData("rocksdb")]
    public async Task RestoreToPointInTime_BetweenTwoWrites_HasWhatWasThere(string engine)
    {
        await using var store = await IndexFillTests.EngineOf(engine);
        await using var host = new TablesHost(store.Store);
        await StartAsync(host);
        await PutAsync(host, "kept", "1");
        await PutAsync(host, "changed", "1");
        await PutAsync(host, "removed", "1");
        var at = await TickAsync(host);
        await PutAsync(host, "changed", "2");
        await PutAsync(host, "changed", "3");
        await host.DeleteAsync("abc", "removed");
        await PutAsync(host, "added", "1");
        var later = await TickAsync(host);
        await host.DeleteAsync("abc", "added");

        await RestoreAsync(host, at, "first");
        await RestoreAsync(host, later, "second");
        Assert.Equal("changed=1 kept=1 removed=1", await host.ItemsAsync("first"));
        Assert.Equal("added=1 changed=3 kept=1", await host.ItemsAsync("second"));
        Assert.Equal("changed=3 kept=1", await host.ItemsAsync("abc"));
        Assert.Equal(3, (int)(await host.DescribeAsync("first"))["ItemCount"]!);
    }

    /// <summary>Steps of the copy and writes of the source in turn: whatever is written while it is copied, the copy shows the moment.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task RestoreToPointInTime_WhileTheSourceIsWritten_ShowsTheMoment(int seed)
    {
        await using var host = new TablesHost();
        await StartAsync(host, WithIndex);
        var random = new Random(seed);
        for (var i = 0; i < 150; i++)
        {
            await WriteAsync(host, random);
        }

        var expected = await host.ItemsAsync("abc");
        var at = await TickAsync(host);
        for (var i = 0; i < 30; i++)
        {
            await WriteAsync(host, random);
        }

        await host.DoAsync("RestoreTableToPointInTime", Request(at, "copy"));
        do
        {
            for (var i = 0; i < 20; i++)
            {
                await WriteAsync(host, random);
            }
        }
        while (await host.StepJobsAsync());

        Assert.Equal(expected, await host.ItemsAsync("copy"));
        await IndexFillTests.CheckAsync(host, "copy");
    }

    [Fact]
    public async Task RestoreToPointInTime_AnyCallFails_EndsAllTheSame()
    {
        for (var call = 1; ; call++)
        {
            foreach (var kind in Enum.GetValues<FaultKind>())
            {
                await using var host = new TablesHost();
                await StartAsync(host, WithIndex);
                for (var i = 0; i < 70; i++)
                {
                    await PutAsync(host, $"{i}", "old");
                }

                var expected = await host.ItemsAsync("abc");
                var at = await TickAsync(host);
                for (var i = 60; i < 80; i++)
                {
                    await PutAsync(host, $"{i}", "new");
                }

                await host.DoAsync("RestoreTableToPointInTime", Request(at, "copy"));
                host.Store.Plan = FaultPlan.Fail(call, kind);
                var failed = await IndexFillTests.FailsAsync(host.RunJobsAsync);
                var calls = host.Store.Plan.Calls;
                host.Store.Plan = FaultPlan.None;
                host.Restart();
                await host.RunJobsAsync();
                Assert.Equal(expected, await host.ItemsAsync("copy"));
                await IndexFillTests.CheckAsync(host, "copy");
                if (!failed && kind == FaultKind.BeforeIt && calls < call)
                {
                    return;
                }
            }
        }
    }

    [Fact]
    public async Task RestoreToPointInTime_WhileItRuns_TheTableIsCreating()
    {
        await using var host = new TablesHost();
        await StartAsync(host);
        await PutAsync(host, "one", "1");
        var answer = (await host.DoAsync("RestoreTableToPointInTime", "{'SourceTableName':'abc','TargetTableName':'copy','UseLatestRestorableTime':true}"))["TableDescription"]!;
        Assert.Equal(("CREATING", true), ((string)answer["TableStatus"]!, (bool)answer["RestoreSummary"]!["RestoreInProgress"]!));
        Assert.Equal("ResourceNotFoundException: Requested resource not found", await host.ErrorAsync("GetItem", "{'TableName':'copy','Key':{'id':{'S':'one'}}}"));
        Assert.StartsWith("ResourceInUseException", await host.ErrorAsync("DeleteTable", "{'TableName':'copy'}"), StringComparison.Ordinal);
        Assert.StartsWith("ResourceInUseException", await host.ErrorAsync("DeleteTable", "{'TableName':'abc'}"), StringComparison.Ordinal);
        await host.RunJobsAsync();
        var table = await host.DescribeAsync("copy");
        Assert.Equal(("ACTIVE", false), ((string)table["TableStatus"]!, (bool)table["RestoreSummary"]!["RestoreInProgress"]!));
        Assert.Equal("arn:aws:dynamodb:eu-west-1:111122223333:table/abc", (string)table["RestoreSummary"]!["SourceTableArn"]!);
        await host.DoAsync("DeleteTable", "{'TableName':'abc'}");
    }

    [Fact]
    public async Task RestoreToPointInTime_WithOverrides_HasThem()
    {
        await using var host = new TablesHost();
        await StartAsync(host, WithIndex);
        await PutAsync(host, "one", "1");
        await host.DoAsync("RestoreTableToPointInTime", """
            {'SourceTableName':'abc','TargetTableName':'copy','UseLatestRestorableTime':true,'GlobalSecondaryIndexOverride':[],
             'BillingModeOverride':'PROVISIONED','ProvisionedThroughputOverride':{'ReadCapacityUnits':7,'WriteCapacityUnits':8}}
            """);
        await host.RunJobsAsync();
        var table = await host.DescribeAsync("copy");
        Assert.Null(table["GlobalSecondaryIndexes"]);
        Assert.Equal(7, (int)table["ProvisionedThroughput"]!["ReadCapacityUnits"]!);
        Assert.Equal("one=1", await host.ItemsAsync("copy"));
    }

    [Fact]
    public async Task RestoreToPointInTime_Wrong_IsRefusedInTheServicesWords()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        Assert.Equal(
            "PointInTimeRecoveryUnavailableException: Point in time recovery is not enabled for table 'abc'",
            await host.ErrorAsync("RestoreTableToPointInTime", Request(host.NowSeconds, "copy")));
        await host.DoAsync("UpdateContinuousBackups", Enable);
        Assert.StartsWith(
            "InvalidRestoreTimeException", await host.ErrorAsync("RestoreTableToPointInTime", Request(host.NowSeconds - 60, "copy")), StringComparison.Ordinal);
        Assert.StartsWith(
            "InvalidRestoreTimeException", await host.ErrorAsync("RestoreTableToPointInTime", Request(host.NowSeconds + 60, "copy")), StringComparison.Ordinal);
        Assert.Equal(
            "TableAlreadyExistsException: Table already exists: abc",
            await host.ErrorAsync("RestoreTableToPointInTime", Request(host.NowSeconds, "abc")));
        Assert.Equal(
            "TableNotFoundException: Table not found: none",
            await host.ErrorAsync("RestoreTableToPointInTime", "{'SourceTableName':'none','TargetTableName':'copy','UseLatestRestorableTime':true}"));
    }

    [Fact]
    public async Task ContinuousBackups_OldHistory_GoesAndCannotBeRestored()
    {
        await using var host = new TablesHost();
        await StartAsync(host);
        var start = host.NowSeconds;
        await PutAsync(host, "one", "1");
        host.Clock.Advance(TimeSpan.FromDays(36));
        await PutAsync(host, "one", "2");
        await host.Get<BackupSweep>().SweepAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("InvalidRestoreTimeException", await host.ErrorAsync("RestoreTableToPointInTime", Request(start, "copy")), StringComparison.Ordinal);
        await RestoreAsync(host, host.NowSeconds - 10, "copy");
        Assert.Equal("one=1", await host.ItemsAsync("copy"));
        var described = (await host.DoAsync("DescribeContinuousBackups", "{'TableName':'abc'}"))["ContinuousBackupsDescription"]!;
        Assert.Equal("ENABLED", (string)described["PointInTimeRecoveryDescription"]!["PointInTimeRecoveryStatus"]!);
        Assert.Equal(35, (int)described["PointInTimeRecoveryDescription"]!["RecoveryPeriodInDays"]!);
    }

    [Fact]
    public async Task Backup_WrittenBesideWrites_HasTheItemsOfItsBeginning()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc", WithIndex);
        var random = new Random(5);
        for (var i = 0; i < 150; i++)
        {
            await WriteAsync(host, random);
        }

        var expected = await host.ItemsAsync("abc");
        var details = (await host.DoAsync("CreateBackup", "{'TableName':'abc','BackupName':'first'}"))["BackupDetails"]!;
        Assert.Equal("CREATING", (string)details["BackupStatus"]!);
        var arn = (string)details["BackupArn"]!;
        Assert.StartsWith("BackupInUseException", await host.ErrorAsync("DeleteBackup", $"{{'BackupArn':'{arn}'}}"), StringComparison.Ordinal);
        do
        {
            for (var i = 0; i < 20; i++)
            {
                await WriteAsync(host, random);
            }

            host.Restart();
        }
        while (await host.StepJobsAsync());

        var described = (await host.DoAsync("DescribeBackup", $"{{'BackupArn':'{arn}'}}"))["BackupDescription"]!;
        Assert.Equal("AVAILABLE", (string)described["BackupDetails"]!["BackupStatus"]!);
        Assert.Equal(expected.Split(' ').Length, (int)described["SourceTableDetails"]!["ItemCount"]!);
        await host.DoAsync("RestoreTableFromBackup", $"{{'TargetTableName':'copy','BackupArn':'{arn}'}}");
        await host.RunJobsAsync();
        Assert.Equal(expected, await host.ItemsAsync("copy"));
        await IndexFillTests.CheckAsync(host, "copy");
        Assert.Empty((await host.FindTableAsync("abc"))!.BackupLogs);

        await host.DoAsync("DeleteTable", "{'TableName':'abc'}");
        Assert.Equal(arn, (string)(await host.DoAsync("ListBackups", "{'TableName':'abc'}"))["BackupSummaries"]![0]!["BackupArn"]!);
        await host.DoAsync("DeleteBackup", $"{{'BackupArn':'{arn}'}}");
        Assert.Equal($"BackupNotFoundException: Backup not found: {arn}", await host.ErrorAsync("DescribeBackup", $"{{'BackupArn':'{arn}'}}"));
    }

    [Fact]
    public async Task CreateBackup_ManyAtOnce_IsLimited()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        for (var i = 0; i < 4; i++)
        {
            await host.DoAsync("CreateBackup", "{'TableName':'abc','BackupName':'same'}");
        }

        Assert.StartsWith(
            "LimitExceededException", await host.ErrorAsync("CreateBackup", "{'TableName':'abc','BackupName':'same'}"), StringComparison.Ordinal);
        await host.RunJobsAsync();
        await host.DoAsync("CreateBackup", "{'TableName':'abc','BackupName':'same'}");
    }

    [Fact]
    public async Task DeleteTable_ThatCouldBeRestored_LeavesABackupForItsDays()
    {
        await using var host = new TablesHost();
        await StartAsync(host);
        await PutAsync(host, "one", "1");
        await host.DoAsync("DeleteTable", "{'TableName':'abc'}");
        await host.RunJobsAsync();
        var backup = (await host.DoAsync("ListBackups", "{'BackupType':'SYSTEM'}"))["BackupSummaries"]![0]!;
        await host.DoAsync("RestoreTableFromBackup", $"{{'TargetTableName':'abc','BackupArn':'{backup["BackupArn"]}'}}");
        await host.RunJobsAsync();
        Assert.Equal("one=1", await host.ItemsAsync("abc"));
        host.Clock.Advance(TimeSpan.FromDays(36));
        await host.Get<BackupSweep>().SweepAsync(TestContext.Current.CancellationToken);
        Assert.Empty((await host.DoAsync("ListBackups", "{}"))["BackupSummaries"]!.AsArray());
        await host.RunJobsAsync();
        Assert.Equal("one=1", await host.ItemsAsync("abc"));
    }

    private static async Task StartAsync(TablesHost host, string more = "")
    {
        await host.CreateAsync("abc", more);
        await host.DoAsync("UpdateContinuousBackups", Enable);
    }

    private static async Task RestoreAsync(TablesHost host, long second, string target)
    {
        await host.DoAsync("RestoreTableToPointInTime", Request(second, target));
        await host.RunJobsAsync();
    }

    /// <summary>A second that lies between the writes before and those after.</summary>
    private static Task<long> TickAsync(TablesHost host)
    {
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = host.NowSeconds;
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        return Task.FromResult(second);
    }

    private static Task WriteAsync(TablesHost host, Random random)
    {
        var id = random.Next(120).ToString(CultureInfo.InvariantCulture);
        return random.Next(4) == 0 ? host.DeleteAsync("abc", id) : PutAsync(host, id, random.Next(10).ToString(CultureInfo.InvariantCulture));
    }

    private static Task PutAsync(TablesHost host, string id, string value) => host.PutAsync("abc", id, $",'v':{{'S':'{value}'}}");

    private static string Request(long second, string target) =>
        $"{{'SourceTableName':'abc','TargetTableName':'{target}','RestoreDateTime':{second}}}";
}
