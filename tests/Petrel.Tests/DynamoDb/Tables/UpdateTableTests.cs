namespace Petrel.Tests.DynamoDb.Tables;

public sealed class UpdateTableTests
{
    private const string Invalid = "ValidationException: One or more parameter values were invalid: ";
    private const string Provisioned = "{'TableName':'abc','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'ProvisionedThroughput':{'ReadCapacityUnits':10,'WriteCapacityUnits':10}}";

    private static string Units(int reads, int writes) =>
        $"{{'TableName':'abc','ProvisionedThroughput':{{'ReadCapacityUnits':{reads},'WriteCapacityUnits':{writes}}}}}";

    [Fact]
    public async Task UpdateTable_Throughput_ChangesAndIsCounted()
    {
        await using var host = new TablesHost();
        await host.DoAsync("CreateTable", Provisioned);
        var answer = (await host.DoAsync("UpdateTable", Units(20, 5)))["TableDescription"]!;
        Assert.Equal("UPDATING", (string)answer["TableStatus"]!);
        Assert.Equal(10, (int)answer["ProvisionedThroughput"]!["ReadCapacityUnits"]!);
        var now = (await host.DescribeAsync("abc"))["ProvisionedThroughput"]!;
        Assert.Equal((20, 5, 1), ((int)now["ReadCapacityUnits"]!, (int)now["WriteCapacityUnits"]!, (int)now["NumberOfDecreasesToday"]!));
        Assert.NotNull(now["LastIncreaseDateTime"]);
        Assert.NotNull(now["LastDecreaseDateTime"]);
        Assert.StartsWith(
            "ValidationException: The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: 20. Requested",
            await host.ErrorAsync("UpdateTable", Units(20, 5)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task UpdateTable_FifthDecreaseOfADay_WaitsAnHour()
    {
        await using var host = new TablesHost();
        await host.DoAsync("CreateTable", Provisioned);
        for (var i = 9; i > 5; i--)
        {
            await host.DoAsync("UpdateTable", Units(i, 10));
        }

        Assert.StartsWith(
            "LimitExceededException: Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 decreases",
            await host.ErrorAsync("UpdateTable", Units(5, 10)),
            StringComparison.Ordinal);
        host.Clock.Advance(TimeSpan.FromHours(1));
        await host.DoAsync("UpdateTable", Units(5, 10));
        host.Clock.Advance(TimeSpan.FromHours(24));
        await host.DoAsync("UpdateTable", Units(4, 10));
        Assert.Equal(1, (int)(await host.DescribeAsync("abc"))["ProvisionedThroughput"]!["NumberOfDecreasesToday"]!);
    }

    [Fact]
    public async Task UpdateTable_BillingMode_GoesBothWays()
    {
        await using var host = new TablesHost();
        await host.DoAsync("CreateTable", Provisioned);
        await host.DoAsync("UpdateTable", "{'TableName':'abc','BillingMode':'PAY_PER_REQUEST'}");
        var table = await host.DescribeAsync("abc");
        Assert.Equal("PAY_PER_REQUEST", (string)table["BillingModeSummary"]!["BillingMode"]!);
        Assert.Equal(0, (int)table["ProvisionedThroughput"]!["ReadCapacityUnits"]!);
        await host.DoAsync("UpdateTable", "{'TableName':'abc','OnDemandThroughput':{'MaxReadRequestUnits':7}}");
        Assert.Equal(7, (int)(await host.DescribeAsync("abc"))["OnDemandThroughput"]!["MaxReadRequestUnits"]!);
        Assert.Equal(
            Invalid + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
            await host.ErrorAsync("UpdateTable", "{'TableName':'abc','BillingMode':'PROVISIONED'}"));
        await host.DoAsync("UpdateTable", "{'TableName':'abc','BillingMode':'PROVISIONED','ProvisionedThroughput':{'ReadCapacityUnits':3,'WriteCapacityUnits':3}}");
        table = await host.DescribeAsync("abc");
        Assert.Equal("PROVISIONED", (string)table["BillingModeSummary"]!["BillingMode"]!);
        Assert.Null(table["OnDemandThroughput"]);
    }

    [Fact]
    public async Task UpdateTable_StreamOnAndOff_HasANewLabelEachTime()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        const string On = "{'TableName':'abc','StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'}}";
        const string Off = "{'TableName':'abc','StreamSpecification':{'StreamEnabled':false}}";
        await host.DoAsync("UpdateTable", On);
        var first = await host.DescribeAsync("abc");
        Assert.Equal("{'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'}", TablesHost.Plained(first["StreamSpecification"]!));
        Assert.Equal($"{first["TableArn"]}/stream/{first["LatestStreamLabel"]}", (string)first["LatestStreamArn"]!);
        Assert.Equal("ValidationException: Table already has an enabled stream: TableName: abc", await host.ErrorAsync("UpdateTable", On));
        await host.DoAsync("UpdateTable", Off);
        Assert.Null((await host.DescribeAsync("abc"))["LatestStreamArn"]);
        Assert.Equal("ValidationException: Table already has a disabled stream: TableName: abc", await host.ErrorAsync("UpdateTable", Off));
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await host.DoAsync("UpdateTable", On);
        Assert.NotEqual((string)first["LatestStreamLabel"]!, (string)(await host.DescribeAsync("abc"))["LatestStreamLabel"]!);
    }

    [Theory]
    [InlineData("'TableName':'abc'", "ValidationException: At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")]
    [InlineData("'TableName':'abc','ProvisionedThroughput':{'ReadCapacityUnits':3,'WriteCapacityUnits':3}", Invalid + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")]
    [InlineData("'TableName':'abc','GlobalSecondaryIndexUpdates':[{}]", Invalid + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null")]
    [InlineData("'TableName':'abc','GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'one'}},{'Delete':{'IndexName':'one'}}]", Invalid + "Only one global secondary index update per index is allowed simultaneously. Index: one")]
    [InlineData("'TableName':'abc','GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'one'}},{'Delete':{'IndexName':'two'}}]", "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")]
    [InlineData("'TableName':'abc','GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'one'}}]", "ResourceNotFoundException: Requested resource not found")]
    [InlineData("'TableName':'none','DeletionProtectionEnabled':true", "ResourceNotFoundException: Requested resource not found: Table: none not found")]
    [InlineData("'TableName':'abc','ReplicaUpdates':[{'Create':{'RegionName':'us-east-1'}}]", "NotImplemented: Petrel does not implement dynamodb:UpdateTable with global tables.")]
    [InlineData("'TableName':'abc','SSESpecification':{'Enabled':true,'SSEType':'KMS'}", "NotImplemented: Petrel does not implement dynamodb:UpdateTable with SSESpecification of a KMS key.")]
    public async Task UpdateTable_Wrong_IsRefusedInTheServicesWords(string request, string error)
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        Assert.Equal(error, await host.ErrorAsync("UpdateTable", $"{{{request}}}"));
    }

    [Fact]
    public async Task UpdateTable_Class_IsDescribed()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        await host.DoAsync("UpdateTable", "{'TableName':'abc','TableClass':'STANDARD_INFREQUENT_ACCESS'}");
        Assert.Equal("STANDARD_INFREQUENT_ACCESS", (string)(await host.DescribeAsync("abc"))["TableClassSummary"]!["TableClass"]!);
    }
}
