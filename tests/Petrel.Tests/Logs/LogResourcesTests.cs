using Petrel.Aws.Logs;
using Petrel.Server.Services.Logs.Api;
using Petrel.Wire;
using Petrel.Wire.Operations;

namespace Petrel.Tests.Logs;

public sealed class LogResourcesTests
{
    private const string Groups = "arn:aws:logs:eu-west-1:111122223333:log-group:";

    private static readonly ServiceTable Table = new(typeof(ILogs));

    private static readonly CallContext Call = new()
    {
        Account = "111122223333",
        Region = "eu-west-1",
        Caller = Principal.Root("111122223333"),
        RequestId = "request",
        Endpoint = new Uri("http://localhost:4566"),
    };

    [Fact]
    public void FindArn_GroupByName_EndsWithAnEmptyStream() => Assert.Equal(
        Groups + "g:log-stream:", Find("FilterLogEvents", new FilterLogEventsRequest("g")));

    [Fact]
    public void FindArn_GroupByArn_IsTheSame() => Assert.Equal(
        Groups + "g:log-stream:", Find("FilterLogEvents", new FilterLogEventsRequest(LogGroupIdentifier: Groups + "g")));

    [Fact]
    public void FindArn_Stream_IsNamed() => Assert.Equal(
        Groups + "g:log-stream:s", Find("CreateLogStream", new CreateLogStreamRequest("g", "s")));

    [Fact]
    public void FindArn_AllGroups_HaveNoName() => Assert.Equal(
        Groups + ":log-stream:", Find("DescribeLogGroups", new DescribeLogGroupsRequest()));

    [Fact]
    public void Contract_EveryOperation_IsRead() => Assert.NotNull(Table.Find("StartLiveTail"));

    private static string? Find(string operation, object request) => new LogResources().FindArn(Table.Find(operation)!, request, Call);
}
