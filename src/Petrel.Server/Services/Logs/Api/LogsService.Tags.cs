using Petrel.Aws.Logs;
using Petrel.Server.Services.Logs.Model;
using Petrel.Wire;

namespace Petrel.Server.Services.Logs.Api;

/// <content>Tags of groups, by ARN and, as of old, by name.</content>
internal sealed partial class LogsService
{
    public Task TagResource(TagResourceRequest request, CallContext call) =>
        TagAsync(LogRules.NameOf(request.ResourceArn, call.Account, call.Region), request.Tags, call);

    public Task UntagResource(UntagResourceRequest request, CallContext call) =>
        UntagAsync(LogRules.NameOf(request.ResourceArn, call.Account, call.Region), request.TagKeys, call);

    public async Task<ListTagsForResourceResult> ListTagsForResource(ListTagsForResourceRequest request, CallContext call)
    {
        var key = KeyOf(LogRules.NameOf(request.ResourceArn, call.Account, call.Region), call);
        return new ListTagsForResourceResult((await GetGroupAsync(key, call)).Tags ?? []);
    }

    public Task TagLogGroup(TagLogGroupRequest request, CallContext call) => TagAsync(request.LogGroupName, request.Tags, call);

    public Task UntagLogGroup(UntagLogGroupRequest request, CallContext call) => UntagAsync(request.LogGroupName, request.Tags, call);

    public async Task<ListTagsLogGroupResult> ListTagsLogGroup(ListTagsLogGroupRequest request, CallContext call) =>
        new((await GetGroupAsync(KeyOf(request.LogGroupName, call), call)).Tags ?? []);

    private Task TagAsync(string name, IReadOnlyDictionary<string, string> added, CallContext call) => ChangeGroupAsync(
        KeyOf(name, call),
        call,
        group =>
        {
            var tags = new SortedDictionary<string, string>(group.Tags ?? [], StringComparer.Ordinal);
            foreach (var (key, value) in added)
            {
                tags[key] = value;
            }

            LogRules.CheckTags(tags.Count);
            return group with { Tags = tags };
        });

    private Task UntagAsync(string name, IReadOnlyList<string> keys, CallContext call) => ChangeGroupAsync(
        KeyOf(name, call),
        call,
        group =>
        {
            var tags = new SortedDictionary<string, string>(group.Tags ?? [], StringComparer.Ordinal);
            foreach (var key in keys)
            {
                tags.Remove(key);
            }

            return group with { Tags = tags };
        });

    private static SortedDictionary<string, string>? TagsOf(IReadOnlyDictionary<string, string>? tags)
    {
        if (tags is null)
        {
            return null;
        }

        LogRules.CheckTags(tags.Count);
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            sorted[key] = value;
        }

        return sorted;
    }
}
