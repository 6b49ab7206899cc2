using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>AddLayerVersionPermission, RemoveLayerVersionPermission and GetLayerVersionPolicy.</summary>
internal sealed class LayerPermissionsApi(FunctionLedger ledger, IStore store)
{
    private const string RevisionSource = "GetLayerPolicy";
    private const string NoPolicy = "No policy is associated with the given resource.";

    public async Task<AddLayerVersionPermissionResult> AddAsync(AddLayerVersionPermissionRequest request, CallContext call)
    {
        var reference = Read(request.LayerName, request.VersionNumber, call);
        var statement = PolicyStatements.Of(request, reference.VersionArn);
        var revision = ledger.NewRevision();
        await store.WriteAsync(async tx =>
        {
            var layer = await RequireAsync(tx, reference);
            var policy = await LayerStore.GetPolicyAsync(tx, layer, request.VersionNumber);
            var added = PolicyStatements.Add(policy, statement, null, revision);
            FunctionRules.RequireRevision(request.RevisionId, policy?.RevisionId ?? "", RevisionSource);
            LayerStore.PutPolicy(tx, layer, request.VersionNumber, added);
            return true;
        });
        return new AddLayerVersionPermissionResult(statement.Json, revision);
    }

    public async Task RemoveAsync(RemoveLayerVersionPermissionRequest request, CallContext call)
    {
        var reference = Read(request.LayerName, request.VersionNumber, call);
        var revision = ledger.NewRevision();
        await store.WriteAsync(async tx =>
        {
            var layer = await RequireAsync(tx, reference);
            var policy = await LayerStore.GetPolicyAsync(tx, layer, request.VersionNumber) ?? throw new ResourceNotFoundException(NoPolicy);
            var left = PolicyStatements.Remove(policy, request.StatementId, revision);
            FunctionRules.RequireRevision(request.RevisionId, policy.RevisionId, RevisionSource);
            if (left is null)
            {
                LayerStore.RemovePolicy(tx, layer, request.VersionNumber);
            }
            else
            {
                LayerStore.PutPolicy(tx, layer, request.VersionNumber, left);
            }

            return true;
        });
    }

    public async Task<GetLayerVersionPolicyResult> GetAsync(GetLayerVersionPolicyRequest request, CallContext call)
    {
        var reference = Read(request.LayerName, request.VersionNumber, call);
        var policy = await ledger.ReadAsync(
            async tx => await LayerStore.GetPolicyAsync(tx, await RequireAsync(tx, reference), request.VersionNumber),
            call.Aborted);
        return policy is null ? throw new ResourceNotFoundException(NoPolicy) : new GetLayerVersionPolicyResult(policy.ToJson(), policy.RevisionId);
    }

    private static LayerRef Read(string name, long version, CallContext call)
    {
        LayerRules.CheckNumber(version);
        var reference = LayerRef.OfName(name, call, version);
        return reference.Account == call.Account
            ? reference
            : throw CommonException.AccessDenied($"User: {call.Caller.Arn} is not authorized to change the policy of {reference.VersionArn}");
    }

    private static async ValueTask<LayerRecord> RequireAsync(IReadTransaction tx, LayerRef reference) =>
        await LayerStore.GetAsync(tx, reference.Account, reference.Region, reference.Name) is { } layer
            && await LayerStore.GetVersionAsync(tx, layer, reference.Version!.Value) is not null
            ? layer
            : throw new ResourceNotFoundException($"Layer version {reference.VersionArn} does not exist.");
}
