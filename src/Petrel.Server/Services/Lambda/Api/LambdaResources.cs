using Petrel.Aws.Lambda;
using Petrel.Server.Edge;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;
using Petrel.Wire.Operations;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>What policies are asked about: the ARN behind the name that a request gives, and the resource policy of that ARN.</summary>
internal sealed class LambdaResources(FunctionCache cache, FunctionLedger ledger) : IResourceNamer, IResourcePolicySource
{
    public string Service => "lambda";

    public string? FindArn(Operation operation, object request, CallContext call) => request switch
    {
        InvokeRequest r => FunctionArn(r.FunctionName, r.Qualifier, call),
        InvokeWithResponseStreamRequest r => FunctionArn(r.FunctionName, r.Qualifier, call),
        InvokeAsyncRequest r => FunctionArn(r.FunctionName, null, call),
        GetFunctionRequest r => FunctionArn(r.FunctionName, r.Qualifier, call),
        GetFunctionConfigurationRequest r => FunctionArn(r.FunctionName, r.Qualifier, call),
        TagResourceRequest r => r.Resource,
        UntagResourceRequest r => r.Resource,
        ListTagsRequest r => r.Resource,
        GetLayerVersionByArnRequest r => r.Arn,
        GetLayerVersionRequest r => LayerArn(r.LayerName, r.VersionNumber, call),
        DeleteLayerVersionRequest r => LayerArn(r.LayerName, r.VersionNumber, call),
        AddLayerVersionPermissionRequest r => LayerArn(r.LayerName, r.VersionNumber, call),
        RemoveLayerVersionPermissionRequest r => LayerArn(r.LayerName, r.VersionNumber, call),
        GetLayerVersionPolicyRequest r => LayerArn(r.LayerName, r.VersionNumber, call),
        PublishLayerVersionRequest r => LayerRef.OfName(r.LayerName, call).Arn,
        PutProvisionedConcurrencyConfigRequest r => FunctionArn(r.FunctionName, r.Qualifier, call),
        GetProvisionedConcurrencyConfigRequest r => FunctionArn(r.FunctionName, r.Qualifier, call),
        DeleteProvisionedConcurrencyConfigRequest r => FunctionArn(r.FunctionName, r.Qualifier, call),
        _ => NamedFunction(operation, request, call),
    };

    public ValueTask<string?> FindPolicyAsync(string resourceArn, CallContext call) =>
        LayerRef.TryParse(resourceArn) is { Version: not null } layer
            ? ledger.ReadAsync(tx => FindLayerPolicyAsync(tx, layer), call.Aborted)
            : FindFunctionPolicyAsync(resourceArn, call);

    private static async ValueTask<string?> FindLayerPolicyAsync(IReadTransaction tx, LayerRef layer)
    {
        var record = await LayerStore.GetAsync(tx, layer.Account, layer.Region, layer.Name);
        var policy = record is null ? null : await LayerStore.GetPolicyAsync(tx, record, layer.Version!.Value);
        return policy?.ToJson();
    }

    /// <summary>Kept with functions that are invoked; of others it is read, so that functions nobody invokes take no memory.</summary>
    private async ValueTask<string?> FindFunctionPolicyAsync(string resourceArn, CallContext call)
    {
        if (!resourceArn.Contains(":function:", StringComparison.Ordinal)
            || FunctionRef.TryParse(resourceArn) is not { Account: { } account, Region: { } region } reference)
        {
            return null;
        }

        var key = new FunctionKey(account, region, reference.Name);
        var qualifier = reference.Qualifier ?? "";
        if (cache.TryGet(key, out var entry) && entry.Policies.TryGetValue(qualifier, out var known))
        {
            return known;
        }

        var policy = await ledger.ReadAsync(
            async tx => await FunctionStore.GetAsync(tx, key) is { } function
                ? await PolicyStore.Policies.GetAsync(tx, function, reference.Qualifier)
                : null,
            call.Aborted);
        var document = policy?.ToJson();
        if (entry is not null)
        {
            entry.Policies[qualifier] = document;
        }

        return document;
    }

    /// <summary>Operations on functions as a whole; their template has the label <c>FunctionName</c>.</summary>
    private static string? NamedFunction(Operation operation, object request, CallContext call)
    {
        if (operation.Access?.Resource.StartsWith("function:{FunctionName}", StringComparison.Ordinal) != true)
        {
            return null;
        }

        var name = (string?)request.GetType().GetProperty("FunctionName")?.GetValue(request);
        return name is null ? null : FunctionArn(name, null, call);
    }

    private static string LayerArn(string name, long version, CallContext call) => LayerRef.OfName(name, call, version).VersionArn;

    private static string? FunctionArn(string name, string? qualifier, CallContext call)
    {
        if (FunctionRef.TryParse(name) is not { } reference)
        {
            return null;
        }

        var key = new FunctionKey(reference.Account ?? call.Account, reference.Region ?? call.Region, reference.Name);
        return key.QualifiedArn(reference.Qualifier ?? qualifier);
    }
}
