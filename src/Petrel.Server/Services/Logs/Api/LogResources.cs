using Petrel.Aws.Logs;
using Petrel.Server.Edge;
using Petrel.Server.Services.Logs.Model;
using Petrel.Wire;
using Petrel.Wire.Operations;

namespace Petrel.Server.Services.Logs.Api;

/// <summary>
/// The ARNs of groups and streams for step 6, as the service writes them in its denials: with <c>:log-stream:</c> behind the group's name
/// even where no stream is meant, so that policies end with <c>:*</c>.
/// </summary>
internal sealed class LogResources : IResourceNamer
{
    public string Service => "logs";

    public static string Arn(GroupKey key, string? stream = null) =>
        $"arn:aws:logs:{key.Region}:{key.Account}:log-group:{key.Name}:log-stream:{stream}";

    public string? FindArn(Operation operation, object request, CallContext call)
    {
        if (operation.Name is nameof(ILogs.DescribeLogGroups) or nameof(ILogs.ListLogGroups))
        {
            return Arn(new GroupKey(call.Account, call.Region, ""));
        }

        var group = Member(operation, request, "logGroupName") ?? Member(operation, request, "logGroupIdentifier");
        return group is null
            ? null
            : Arn(new GroupKey(call.Account, call.Region, LogRules.NameOf(group, call.Account, call.Region)), Member(operation, request, "logStreamName"));
    }

    private static string? Member(Operation operation, object request, string name) => operation.Request.Find(name)?.Get(request) as string;
}
