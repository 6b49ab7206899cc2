using System.Text.Json.Nodes;

namespace Petrel.Tests.DynamoDb.Tables;

public sealed class CreateTableTests
{
    private const string Invalid = "ValidationException: One or more parameter values were invalid: ";
    private const string Keys = "'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}]";
    private const string Units = "'ProvisionedThroughput':{'ReadCapacityUnits':5,'WriteCapacityUnits':4}";
    private const string TwoAttributes = "'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},{'AttributeName':'at','AttributeType':'N'}]";
    private const string TwoKeys = TwoAttributes + ",'KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{'AttributeName':'at','KeyType':'RANGE'}]";

    [Fact]
    public async Task CreateTable_Provisioned_IsDescribedAsTheService()
    {
        await using var host = new TablesHost();
        var made = (await host.DoAsync("CreateTable", $"{{'TableName':'songs',{Keys},{Units}}}"))["TableDescription"]!;
        Assert.Equal("CREATING", (string)made["TableStatus"]!);
        Assert.Equal(
            ["TableName", "TableStatus", "ProvisionedThroughput", "TableSizeBytes", "ItemCount", "TableArn", "TableId", "AttributeDefinitions",
                "KeySchema", "CreationDateTime", "DeletionProtectionEnabled"],
            made.AsObject().Select(member => member.Key));

        var table = await host.DescribeAsync("songs");
        Assert.Equal("ACTIVE", (string)table["TableStatus"]!);
        Assert.Equal("{'NumberOfDecreasesToday':0,'ReadCapacityUnits':5,'WriteCapacityUnits':4}", TablesHost.Plained(table["ProvisionedThroughput"]!));
        Assert.Equal("{'ReadUnitsPerSecond':5,'WriteUnitsPerSecond':4,'Status':'ACTIVE'}", TablesHost.Plained(table["WarmThroughput"]!));
        Assert.Equal("arn:aws:dynamodb:eu-west-1:111122223333:table/songs", (string)table["TableArn"]!);
        Assert.Equal((string)made["TableId"]!, (string)table["TableId"]!);
        Assert.False((bool)table["DeletionProtectionEnabled"]!);
    }

    [Fact]
    public async Task CreateTable_OnDemandWithIndexes_IsDescribedAsTheService()
    {
        await using var host = new TablesHost();
        await host.DoAsync("CreateTable", $$"""
            {'TableName':'songs',{{TwoKeys}},'BillingMode':'PAY_PER_REQUEST',
             'LocalSecondaryIndexes':[{'IndexName':'local','KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{'AttributeName':'at','KeyType':'RANGE'}],
               'Projection':{'ProjectionType':'KEYS_ONLY'} }],
             'GlobalSecondaryIndexes':[{'IndexName':'global','KeySchema':[{'AttributeName':'at','KeyType':'HASH'}],
               'Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':['title']} }]}
            """);
        var table = await host.DescribeAsync("songs");
        Assert.Equal("PAY_PER_REQUEST", (string)table["BillingModeSummary"]!["BillingMode"]!);
        Assert.NotNull(table["BillingModeSummary"]!["LastUpdateToPayPerRequestDateTime"]);
        var global = table["GlobalSecondaryIndexes"]![0]!;
        Assert.Equal("ACTIVE", (string)global["IndexStatus"]!);
        Assert.Equal("{'ProjectionType':'INCLUDE','NonKeyAttributes':['title']}", TablesHost.Plained(global["Projection"]!));
        Assert.Equal("arn:aws:dynamodb:eu-west-1:111122223333:table/songs/index/global", (string)global["IndexArn"]!);
        Assert.Equal(12_000, (long)global["WarmThroughput"]!["ReadUnitsPerSecond"]!);
        Assert.Equal("local", (string)table["LocalSecondaryIndexes"]![0]!["IndexName"]!);
    }

    [Theory]
    [InlineData($"{Keys},{Units}", "ValidationException: The parameter 'TableName' is required but was not present in the request")]
    [InlineData($"'TableName':'abc','AttributeDefinitions':[{{'AttributeName':'id','AttributeType':'S'}},{{'AttributeName':'id','AttributeType':'S'}}],{Units},'KeySchema':[{{'AttributeName':'id','KeyType':'HASH'}}]", Invalid + "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions")]
    [InlineData($"'TableName':'t1',{Keys},{Units}", "ValidationException: TableName must be at least 3 characters long and at most 255 characters long")]
    [InlineData($"'TableName':'a;b',{Keys},{Units}", "ValidationException: 1 validation error detected: Value 'a;b' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")]
    [InlineData($"'TableName':'abc',{Keys}", Invalid + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")]
    [InlineData($"'TableName':'abc',{Keys},{Units},'BillingMode':'PAY_PER_REQUEST'", Invalid + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")]
    [InlineData($"'TableName':'abc',{Keys},'ProvisionedThroughput':{{'ReadCapacityUnits':1000000000001,'WriteCapacityUnits':1}}", "ValidationException: Given value 1000000000001 for ReadCapacityUnits is out of bounds")]
    [InlineData($"'TableName':'abc',{TwoAttributes},{Units},'KeySchema':[{{'AttributeName':'id','KeyType':'HASH'}}]", Invalid + "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions")]
    [InlineData($"'TableName':'abc','AttributeDefinitions':[],{Units},'KeySchema':[{{'AttributeName':'id','KeyType':'HASH'}}]", "ValidationException: Invalid KeySchema: Some index key attribute have no definition")]
    [InlineData($"'TableName':'abc',{TwoAttributes},{Units},'KeySchema':[{{'AttributeName':'x','KeyType':'HASH'}}]", Invalid + "Some index key attributes are not defined in AttributeDefinitions. Keys: [x], AttributeDefinitions: [id, at]")]
    [InlineData($"'TableName':'abc',{TwoAttributes},{Units},'KeySchema':[{{'AttributeName':'id','KeyType':'HASH'}},{{'AttributeName':'id','KeyType':'RANGE'}}]", "ValidationException: Both the Hash Key and the Range Key element in the KeySchema have the same name")]
    [InlineData($"'TableName':'abc',{TwoAttributes},{Units},'KeySchema':[{{'AttributeName':'id','KeyType':'RANGE'}},{{'AttributeName':'at','KeyType':'HASH'}}]", "ValidationException: Invalid KeySchema: The first KeySchemaElement is not a HASH key type")]
    [InlineData($"'TableName':'abc',{TwoAttributes},{Units},'KeySchema':[{{'AttributeName':'id','KeyType':'HASH'}},{{'AttributeName':'at','KeyType':'HASH'}}]", "ValidationException: Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")]
    [InlineData($"'TableName':'abc',{Keys},{Units},'LocalSecondaryIndexes':[]", Invalid + "List of LocalSecondaryIndexes is empty")]
    [InlineData($"'TableName':'abc',{Keys},{Units},'GlobalSecondaryIndexes':[]", Invalid + "List of GlobalSecondaryIndexes is empty")]
    [InlineData($"'TableName':'abc',{Keys},{Units},'SSESpecification':{{'Enabled':true}}", "NotImplemented: Petrel does not implement dynamodb:CreateTable with SSESpecification of a KMS key.")]
    [InlineData($"'TableName':'abc',{Keys},{Units},'WarmThroughput':{{'ReadUnitsPerSecond':5}}", "NotImplemented: Petrel does not implement dynamodb:CreateTable with WarmThroughput.")]
    [InlineData($"'TableName':'abc',{Keys},{Units},'StreamSpecification':{{'StreamEnabled':true}}", Invalid + "StreamViewType must be specified when StreamEnabled is true")]
    [InlineData($"'TableName':'abc',{Keys},{Units},'OnDemandThroughput':{{'MaxReadRequestUnits':5}}", Invalid + "OnDemandThroughput cannot be specified when BillingMode is PROVISIONED")]
    [InlineData($"'TableName':'abc',{Keys},{Units},'Tags':[{{'Key':'a','Value':'1'}},{{'Key':'a','Value':'2'}}]", Invalid + "Duplicate tag keys found: a")]
    public async Task CreateTable_Wrong_IsRefusedInTheServicesWords(string request, string error)
    {
        await using var host = new TablesHost();
        Assert.Equal(error, await host.ErrorAsync("CreateTable", $"{{{request}}}"));
    }

    [Theory]
    [InlineData("'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}", Invalid + "Index KeySchema does not have a range key for index: idx")]
    [InlineData("'KeySchema':[{'AttributeName':'at','KeyType':'HASH'},{'AttributeName':'id','KeyType':'RANGE'}],'Projection':{'ProjectionType':'ALL'}", Invalid + "Index KeySchema does not have the same leading hash key as table KeySchema for index: idx. index hash key: at, table hash key: id")]
    [InlineData("'KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{'AttributeName':'at','KeyType':'RANGE'}],'Projection':{}", Invalid + "Unknown ProjectionType: null")]
    [InlineData("'KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{'AttributeName':'at','KeyType':'RANGE'}],'Projection':{'ProjectionType':'ALL','NonKeyAttributes':['a']}", Invalid + "ProjectionType is ALL, but NonKeyAttributes is specified")]
    [InlineData("'KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{'AttributeName':'no','KeyType':'RANGE'}],'Projection':{'ProjectionType':'ALL'}", Invalid + "Some index key attributes are not defined in AttributeDefinitions. Keys: [id, no], AttributeDefinitions: [id, at]")]
    public async Task CreateTable_WrongLocalIndex_IsRefusedInTheServicesWords(string index, string error)
    {
        await using var host = new TablesHost();
        Assert.Equal(error, await host.ErrorAsync(
            "CreateTable", $"{{'TableName':'abc',{TwoKeys},{Units},'LocalSecondaryIndexes':[{{'IndexName':'idx',{index}}}]}}"));
    }

    [Theory]
    [InlineData("'Projection':{'ProjectionType':'ALL'}", Invalid + "ProvisionedThroughput must be specified for index: idx")]
    [InlineData("'Projection':{'ProjectionType':'INCLUDE'}," + Units, Invalid + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified")]
    public async Task CreateTable_WrongGlobalIndex_IsRefusedInTheServicesWords(string index, string error)
    {
        await using var host = new TablesHost();
        Assert.Equal(error, await host.ErrorAsync(
            "CreateTable", $"{{'TableName':'abc',{Keys},{Units},'GlobalSecondaryIndexes':[{{'IndexName':'idx','KeySchema':[{{'AttributeName':'id','KeyType':'HASH'}}],{index}}}]}}"));
    }

    [Fact]
    public async Task CreateTable_TooManyIndexesOrAttributes_IsRefused()
    {
        await using var host = new TablesHost();
        string Global(int count, string projection) => string.Join(',', Enumerable.Range(0, count).Select(i =>
            $"{{'IndexName':'idx{i}','KeySchema':[{{'AttributeName':'id','KeyType':'HASH'}}],'Projection':{projection}}}"));
        Task<string> Refuse(int count, string projection) => host.ErrorAsync(
            "CreateTable", $"{{'TableName':'abc',{Keys},'BillingMode':'PAY_PER_REQUEST','GlobalSecondaryIndexes':[{Global(count, projection)}]}}");
        Assert.Equal(Invalid + "GlobalSecondaryIndex count exceeds the per-table limit of 20", await Refuse(21, "{'ProjectionType':'ALL'}"));
        var twenty = string.Join(',', Enumerable.Range(0, 20).Select(i => $"'a{i}'"));
        var included = $"{{'ProjectionType':'INCLUDE','NonKeyAttributes':[{twenty}]}}";
        Assert.Contains("exceeds the per-table limit of 100", await Refuse(6, included), StringComparison.Ordinal);
        await host.DoAsync("CreateTable", $"{{'TableName':'abc',{Keys},'BillingMode':'PAY_PER_REQUEST','GlobalSecondaryIndexes':[{Global(5, included)}]}}");
    }

    [Fact]
    public async Task CreateTable_UnusedDefinition_IsRefused()
    {
        await using var host = new TablesHost();
        Assert.Equal(
            Invalid + "Some AttributeDefinitions are not used. AttributeDefinitions: [id, at], keys used: [id]",
            await host.ErrorAsync("CreateTable", $$"""
                {'TableName':'abc',{{TwoAttributes}},'BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],
                 'GlobalSecondaryIndexes':[{'IndexName':'idx','KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'} }]}
                """));
    }

    [Fact]
    public async Task CreateTable_Twice_IsInUse()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        Assert.Equal(
            "ResourceInUseException: Table already exists: abc",
            await host.ErrorAsync("CreateTable", $"{{'TableName':'abc',{Keys},'BillingMode':'PAY_PER_REQUEST'}}"));
    }

    [Fact]
    public async Task DeleteTable_ThenCreate_BeginsEmpty()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        await host.PutAsync("abc", "1");
        var gone = (await host.DoAsync("DeleteTable", "{'TableName':'abc'}"))["TableDescription"]!;
        Assert.Equal("DELETING", (string)gone["TableStatus"]!);
        Assert.Equal(
            "ResourceNotFoundException: Requested resource not found: Table: abc not found",
            await host.ErrorAsync("DescribeTable", "{'TableName':'abc'}"));
        await host.CreateAsync("abc");
        Assert.Equal("", await host.ItemsAsync("abc"));
        await host.PutAsync("abc", "2");
        await host.RunJobsAsync();
        Assert.Equal("2=", await host.ItemsAsync("abc"));
    }

    [Fact]
    public async Task DeleteTable_Purged_LeavesOnlyTheAccountsCount()
    {
        var engine = new Petrel.Storage.Memory.MemoryStore();
        await using var host = new TablesHost(engine);
        await host.CreateAsync("abc", ",'GlobalSecondaryIndexes':[{'IndexName':'all','KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}]");
        await host.DoAsync("UpdateTimeToLive", "{'TableName':'abc','TimeToLiveSpecification':{'Enabled':true,'AttributeName':'ttl'}}");
        await host.RunJobsAsync();
        for (var i = 0; i < 30; i++)
        {
            await host.PutAsync("abc", $"{i}", ",'ttl':{'N':'99999999999'}");
        }

        await host.DoAsync("DeleteTable", "{'TableName':'abc'}");
        await host.RunJobsAsync();
        var all = new Petrel.Storage.KeyRange(new Petrel.Storage.Key(new byte[] { 0 }), new Petrel.Storage.Key(new byte[] { 255 }));
        Assert.Single(await engine.ReadAsync(tx => tx.ScanAsync(all, 100)));
    }

    [Fact]
    public async Task DeleteTable_Protected_IsRefused()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc", ",'DeletionProtectionEnabled':true");
        Assert.Equal(
            "ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
            await host.ErrorAsync("DeleteTable", "{'TableName':'abc'}"));
        await host.DoAsync("UpdateTable", "{'TableName':'abc','DeletionProtectionEnabled':false}");
        await host.DoAsync("DeleteTable", "{'TableName':'abc'}");
    }

    [Fact]
    public async Task ListTables_Pages_InTheOrderOfNames()
    {
        await using var host = new TablesHost();
        foreach (var name in (string[])["ccc", "aaa", "bbb"])
        {
            await host.CreateAsync(name);
        }

        Assert.Equal("{'TableNames':['aaa','bbb'],'LastEvaluatedTableName':'bbb'}", TablesHost.Plained(await host.DoAsync("ListTables", "{'Limit':2}")));
        Assert.Equal("{'TableNames':['ccc']}", TablesHost.Plained(await host.DoAsync("ListTables", "{'Limit':2,'ExclusiveStartTableName':'bbb'}")));
        Assert.StartsWith("ValidationException: 1 validation error detected: Value '101' at 'limit'", await host.ErrorAsync("ListTables", "{'Limit':101}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DescribeTable_ByArn_IsTheSame()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        var table = (JsonNode)await host.DescribeAsync("abc");
        Assert.Equal("abc", (string)(await host.DescribeAsync((string)table["TableArn"]!))["TableName"]!);
    }
}
