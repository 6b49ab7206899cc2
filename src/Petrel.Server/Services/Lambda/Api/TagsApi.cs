using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>TagResource, UntagResource and ListTags.</summary>
internal sealed class TagsApi(FunctionLedger ledger)
{
    public async Task TagAsync(TagResourceRequest request, CallContext call)
    {
        if (request.Tags.Count == 0)
        {
            throw new InvalidParameterValueException("An error occurred and the request cannot be processed.");
        }

        await ChangeAsync(request.Resource, call, tags =>
        {
            foreach (var (key, value) in request.Tags)
            {
                tags[key] = value;
            }
        });
    }

    public async Task UntagAsync(UntagResourceRequest request, CallContext call)
    {
        if (request.TagKeys.Count == 0)
        {
            throw CommonException.Validation(
                "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null");
        }

        await ChangeAsync(request.Resource, call, tags => request.TagKeys.ForEach(key => tags.Remove(key)));
    }

    public Task<ListTagsResult> ListAsync(ListTagsRequest request, CallContext call) => FindMapping(request.Resource, call) is { } mapping
        ? ledger.ReadAsync(async tx => new ListTagsResult((await RequireMappingAsync(tx, mapping)).Tags), call.Aborted).AsTask()
        : ledger.ReadAsync(
            Read(request.Resource, call),
            call,
            (_, function) => new ValueTask<ListTagsResult>(new ListTagsResult(function.Tags))).AsTask();

    private Task ChangeAsync(string resource, CallContext call, Action<Dictionary<string, string>> change)
    {
        if (FindMapping(resource, call) is { } mapping)
        {
            return ChangeAsync(mapping, change);
        }

        var revision = ledger.NewRevision();
        return ledger.ChangeAsync(Read(resource, call), call, (tx, function) =>
        {
            var tags = new Dictionary<string, string>(function.Tags);
            change(tags);
            Configuration.CheckTags(tags);
            FunctionChange.Put(
                tx,
                function,
                function with { Tags = tags, Latest = function.Latest with { RevisionId = revision } },
                ledger.Now);
            return new ValueTask<bool>(true);
        });
    }

    private async Task ChangeAsync(MappingKey key, Action<Dictionary<string, string>> change)
    {
        var known = await ledger.ReadAsync(tx => RequireMappingAsync(tx, key));
        await ledger.ChangeAsync(known.Function, async tx =>
        {
            var mapping = await RequireMappingAsync(tx, key);
            var tags = new Dictionary<string, string>(mapping.Tags);
            change(tags);
            Configuration.CheckTags(tags);
            MappingStore.Put(tx, mapping, mapping with { Tags = tags });
            return true;
        });
    }

    private static async ValueTask<MappingRecord> RequireMappingAsync(IReadTransaction tx, MappingKey key) =>
        await MappingStore.GetAsync(tx, key) ?? throw new ResourceNotFoundException($"Event source mapping not found: {key.Arn}");

    /// <summary>Null for another kind of resource.</summary>
    private static MappingKey? FindMapping(string resource, CallContext call) =>
        resource.Split(':', 7) is [_, _, _, var region, var account, "event-source-mapping", var uuid]
            ? region == call.Region && account == call.Account
                ? new MappingKey(account, region, uuid)
                : throw new ResourceNotFoundException($"Event source mapping not found: {resource}")
            : null;

    private static FunctionRef Read(string resource, CallContext call)
    {
        var kind = resource.Split(':', 7) is [_, _, _, _, _, var named, ..] ? named : "";
        if (kind != "function")
        {
            throw kind switch
            {
                "capacity-provider" => new ResourceNotFoundException($"Capacity provider not found: {resource}"),
                _ => Unsupported.Member("TagResource", kind),
            };
        }

        var reference = FunctionRef.Parse(resource, call);
        return reference.Qualifier is null
            ? reference
            : throw new InvalidParameterValueException(
                "Tags on function aliases and versions are not supported. Please specify a function ARN.");
    }
}
