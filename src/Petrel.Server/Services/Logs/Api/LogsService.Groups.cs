using Petrel.Aws.Logs;
using Petrel.Server.Services.Logs.Model;
using Petrel.Server.Services.Logs.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.Logs.Api;

/// <content>Groups and their retention.</content>
internal sealed partial class LogsService
{
    private const int DefaultGroups = 50;

    public async Task CreateLogGroup(CreateLogGroupRequest request, CallContext call)
    {
        if (request.KmsKeyId is not null)
        {
            throw CommonException.NotImplemented("logs", "CreateLogGroup with kmsKeyId");
        }

        if (request.LogGroupClass is not (null or StandardClass))
        {
            throw CommonException.NotImplemented("logs", $"CreateLogGroup with logGroupClass {request.LogGroupClass}");
        }

        var key = KeyOf(request.LogGroupName, call);
        var group = new GroupState(ids.NextId(), key.Name, Now(), DeletionProtected: request.DeletionProtectionEnabled, Tags: TagsOf(request.Tags));
        await store.WriteAsync(
            async tx =>
            {
                if (await LogGroupStore.FindAsync(tx, key) is not null)
                {
                    throw new ResourceAlreadyExistsException("The specified log group already exists");
                }

                LogGroupStore.Put(tx, key, group);
                return group;
            },
            call.Aborted);
    }

    public async Task DeleteLogGroup(DeleteLogGroupRequest request, CallContext call)
    {
        var key = KeyOf(request.LogGroupName, call);
        var deleted = await store.WriteAsync(
            async tx =>
            {
                var group = await LogGroupStore.FindAsync(tx, key) ?? throw ResourceNotFoundException.Group();
                if (group.DeletionProtected)
                {
                    throw new LogsValidationException("The log group is protected from deletion; disable its deletion protection first.");
                }

                LogGroupStore.Delete(tx, key, group);
                return group;
            },
            call.Aborted);
        await logs.DeleteAsync(key, deleted);
    }

    public async Task<DescribeLogGroupsResult> DescribeLogGroups(DescribeLogGroupsRequest request, CallContext call)
    {
        if (request.LogGroupNamePrefix is not null && request.LogGroupNamePattern is not null)
        {
            throw new InvalidParameterException("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
        }

        RefuseLinkedAccounts(request.IncludeLinkedAccounts, request.AccountIdentifiers);
        var named = request.LogGroupIdentifiers?.Select(i => LogRules.NameOf(i, call.Account, call.Region)).ToHashSet(StringComparer.Ordinal);
        var (groups, next) = await ListGroupsAsync(
            group => named?.Contains(group.Name) != false
                && (request.LogGroupNamePrefix is not { } prefix || group.Name.StartsWith(prefix, StringComparison.Ordinal))
                && (request.LogGroupNamePattern is not { } part || group.Name.Contains(part, StringComparison.OrdinalIgnoreCase))
                && request.LogGroupClass is null or StandardClass,
            request.NextToken,
            request.Limit ?? DefaultGroups,
            call);
        return new DescribeLogGroupsResult([.. groups.Select(g => Describe(g, call))], next);
    }

    public async Task<ListLogGroupsResult> ListLogGroups(ListLogGroupsRequest request, CallContext call)
    {
        RefuseLinkedAccounts(request.IncludeLinkedAccounts, request.AccountIdentifiers);

        // ^name|other: any of the parts, a caret at the beginning of the name.
        var parts = request.LogGroupNamePattern?.Split('|') ?? [];
        var (groups, next) = await ListGroupsAsync(
            group => (parts.Length == 0 || parts.Any(p => p is ['^', .. var start]
                    ? group.Name.StartsWith(start, StringComparison.Ordinal)
                    : group.Name.Contains(p, StringComparison.Ordinal)))
                && request.LogGroupClass is null or StandardClass,
            request.NextToken,
            request.Limit ?? DefaultGroups,
            call);
        return new ListLogGroupsResult(
            [.. groups.Select(g => new LogGroupSummary(g.Name, ArnOf(KeyOf(g.Name, call)), StandardClass))], next);
    }

    public Task PutRetentionPolicy(PutRetentionPolicyRequest request, CallContext call)
    {
        LogRules.CheckRetention(request.RetentionInDays);
        return ChangeGroupAsync(KeyOf(request.LogGroupName, call), call, group => group with { RetentionDays = request.RetentionInDays });
    }

    public Task DeleteRetentionPolicy(DeleteRetentionPolicyRequest request, CallContext call) =>
        ChangeGroupAsync(KeyOf(request.LogGroupName, call), call, group => group with { RetentionDays = null });

    public Task PutLogGroupDeletionProtection(PutLogGroupDeletionProtectionRequest request, CallContext call) => ChangeGroupAsync(
        KeyOf(null, request.LogGroupIdentifier, call),
        call,
        group => group with { DeletionProtected = request.DeletionProtectionEnabled });

    private async Task<(List<GroupState> Groups, string? Next)> ListGroupsAsync(
        Func<GroupState, bool> wanted,
        string? token,
        int limit,
        CallContext call)
    {
        var after = ReadToken(token);
        var groups = new List<GroupState>();
        while (true)
        {
            var from = after;
            var page = await store.ReadAsync(tx => LogGroupStore.ListAsync(tx, call.Account, call.Region, from, ScanPage), call.Aborted);
            foreach (var group in page.Where(wanted))
            {
                if (groups.Count == limit)
                {
                    return (groups, WriteToken(groups[^1].Name));
                }

                groups.Add(group);
            }

            if (page.Count < ScanPage)
            {
                return (groups, null);
            }

            after = page[^1].Name;
        }
    }

    private static void RefuseLinkedAccounts(bool included, IReadOnlyList<string>? accounts)
    {
        if (included || accounts is { Count: > 0 })
        {
            throw CommonException.NotImplemented("logs", "groups of linked accounts");
        }
    }

    private LogGroup Describe(GroupState group, CallContext call)
    {
        var arn = ArnOf(KeyOf(group.Name, call));
        return new LogGroup(
            group.Name,
            group.CreatedAt,
            MetricFilterCount: 0,
            arn + ":*",
            logs.StoredBytes(group),
            StandardClass,
            arn,
            group.RetentionDays,
            group.DeletionProtected);
    }
}
