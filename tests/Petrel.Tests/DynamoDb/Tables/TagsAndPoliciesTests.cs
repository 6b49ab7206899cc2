namespace Petrel.Tests.DynamoDb.Tables;

public sealed class TagsAndPoliciesTests
{
    private const string Arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/abc";
    private const string Document = "{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':[]}";

    [Fact]
    public async Task Tags_AddedAndRemoved_AreListedByPages()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc", ",'Tags':[{'Key':'first','Value':'1'}]");
        var tags = string.Join(',', Enumerable.Range(10, 12).Select(i => $"{{'Key':'k{i}','Value':''}}"));
        await host.DoAsync("TagResource", $"{{'ResourceArn':'{Arn}','Tags':[{tags},{{'Key':'first','Value':'2'}}]}}");
        var page = await host.DoAsync("ListTagsOfResource", $"{{'ResourceArn':'{Arn}'}}");
        Assert.Equal(10, page["Tags"]!.AsArray().Count);
        Assert.Equal("{'Key':'first','Value':'2'}", TablesHost.Plained(page["Tags"]![0]!));
        page = await host.DoAsync("ListTagsOfResource", $"{{'ResourceArn':'{Arn}','NextToken':'{page["NextToken"]}'}}");
        Assert.Equal(3, page["Tags"]!.AsArray().Count);
        Assert.Null(page["NextToken"]);
        await host.DoAsync("UntagResource", $"{{'ResourceArn':'{Arn}','TagKeys':['first','none','k10']}}");
        page = await host.DoAsync("ListTagsOfResource", $"{{'ResourceArn':'{Arn}'}}");
        Assert.Equal("k11", (string)page["Tags"]![0]!["Key"]!);
    }

    [Fact]
    public async Task Tags_Wrong_AreRefused()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        Assert.Equal(
            "ValidationException: Atleast one Tag needs to be provided as Input.", await host.ErrorAsync("TagResource", $"{{'ResourceArn':'{Arn}','Tags':[]}}"));
        Assert.Equal(
            "ValidationException: Invalid TableArn: Invalid ResourceArn provided as input a:b", await host.ErrorAsync("ListTagsOfResource", "{'ResourceArn':'a:b'}"));
        var none = Arn.Replace("abc", "none", StringComparison.Ordinal);
        Assert.Equal(
            $"ResourceNotFoundException: Requested resource not found: ResourcArn: {none} not found",
            await host.ErrorAsync("ListTagsOfResource", $"{{'ResourceArn':'{none}'}}"));
        Assert.Equal(
            "ResourceNotFoundException: Requested resource not found",
            await host.ErrorAsync("UntagResource", $"{{'ResourceArn':'{none}','TagKeys':['a']}}"));
        var many = string.Join(',', Enumerable.Range(0, 51).Select(i => $"{{'Key':'k{i}','Value':''}}"));
        Assert.StartsWith("ValidationException", await host.ErrorAsync("TagResource", $"{{'ResourceArn':'{Arn}','Tags':[{many}]}}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResourcePolicy_Revisions_GuardChanges()
    {
        await using var host = new TablesHost();
        await host.CreateAsync("abc");
        Assert.StartsWith("PolicyNotFoundException", await host.ErrorAsync("GetResourcePolicy", $"{{'ResourceArn':'{Arn}'}}"), StringComparison.Ordinal);
        var first = (string)(await PutAsync(host, "'ExpectedRevisionId':'NO_POLICY',"))["RevisionId"]!;
        Assert.Equal(first, (string)(await PutAsync(host, ""))["RevisionId"]!);
        Assert.StartsWith(
            "PolicyNotFoundException",
            await host.ErrorAsync("DeleteResourcePolicy", $"{{'ResourceArn':'{Arn}','ExpectedRevisionId':'other'}}"),
            StringComparison.Ordinal);
        Assert.Equal(first, (string)(await host.DoAsync("DeleteResourcePolicy", $"{{'ResourceArn':'{Arn}','ExpectedRevisionId':'{first}'}}"))["RevisionId"]!);
        Assert.Null((await host.DoAsync("DeleteResourcePolicy", $"{{'ResourceArn':'{Arn}'}}"))["RevisionId"]);
        Assert.StartsWith(
            "ValidationException", await host.ErrorAsync("PutResourcePolicy", $"{{'ResourceArn':'{Arn}','Policy':'none'}}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DescribeLimitsAndEndpoints_Always_Answer()
    {
        await using var host = new TablesHost();
        Assert.Equal(40_000, (int)(await host.DoAsync("DescribeLimits", "{}"))["TableMaxReadCapacityUnits"]!);
        Assert.Equal("localhost:4566", (string)(await host.DoAsync("DescribeEndpoints", "{}"))["Endpoints"]![0]!["Address"]!);
    }

    private static Task<System.Text.Json.Nodes.JsonNode> PutAsync(TablesHost host, string more) =>
        host.DoAsync("PutResourcePolicy", $"{{'ResourceArn':'{Arn}',{more}'Policy':'{Document}'}}");
}
