using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>AddPermission, RemovePermission and GetPolicy: the resource policies of functions, versions and aliases.</summary>
internal sealed class PermissionsApi(FunctionLedger ledger)
{
    private const string NotThere = "The resource you requested does not exist.";

    public async Task<AddPermissionResult> AddAsync(AddPermissionRequest request, CallContext call)
    {
        var reference = Read(request.FunctionName, request.Qualifier, call);
        var statement = PolicyStatements.Of(request, reference.KeyIn(call).QualifiedArn(reference.Qualifier));
        var revision = ledger.NewRevision();
        await ledger.ChangeAsync(reference with { Qualifier = null }, call, async (tx, function) =>
        {
            var target = await RequireTargetAsync(tx, function, reference.Qualifier);
            var policy = await PolicyStore.Policies.GetAsync(tx, function, reference.Qualifier);
            var source = policy is not null || target.Alias is not null ? "GetPolicy" : "GetFunction/GetAlias";
            FunctionRules.RequireRevision(request.RevisionId, target.RevisionId, source);
            PolicyStore.Policies.Put(tx, function, reference.Qualifier, PolicyStatements.Add(policy, statement, reference.Qualifier, revision));
            Touch(tx, function, target, revision);
            return true;
        });
        return new AddPermissionResult(statement.Json);
    }

    public async Task RemoveAsync(RemovePermissionRequest request, CallContext call)
    {
        var reference = Read(request.FunctionName, request.Qualifier, call);
        var key = reference.KeyIn(call);
        var revision = ledger.NewRevision();
        await ledger.ChangeAsync(key, async tx =>
        {
            var function = await FunctionStore.GetAsync(tx, key)
                ?? throw new ResourceNotFoundException($"No policy found for: {key.QualifiedArn(reference.Qualifier)}");
            var target = await RequireTargetAsync(tx, function, reference.Qualifier);
            var policy = await PolicyStore.Policies.GetAsync(tx, function, reference.Qualifier)
                ?? throw new ResourceNotFoundException("No policy is associated with the given resource.");
            var left = PolicyStatements.Remove(policy, request.StatementId, revision);
            FunctionRules.RequireRevision(request.RevisionId, target.RevisionId);
            if (left is null)
            {
                PolicyStore.Policies.Remove(tx, function, reference.Qualifier);
            }
            else
            {
                PolicyStore.Policies.Put(tx, function, reference.Qualifier, left);
            }

            Touch(tx, function, target, revision);
            return true;
        });
    }

    public async Task<GetPolicyResult> GetAsync(GetPolicyRequest request, CallContext call)
    {
        var reference = FunctionRef.Parse(request.FunctionName, call).WithQualifier(request.Qualifier);
        var key = reference.KeyIn(call);
        var policy = await ledger.ReadAsync(
            async tx => await FunctionStore.GetAsync(tx, key) is { } function
                ? await PolicyStore.Policies.GetAsync(tx, function, reference.Qualifier)
                : null,
            call.Aborted);
        return policy is null ? throw new ResourceNotFoundException(NotThere) : new GetPolicyResult(policy.ToJson(), policy.RevisionId);
    }

    private static FunctionRef Read(string name, string? qualifier, CallContext call)
    {
        var reference = FunctionRef.Parse(name, call).WithQualifier(qualifier);
        return reference.Qualifier == VersionName.Latest
            ? throw new InvalidParameterValueException("We currently do not support adding policies for $LATEST.")
            : reference;
    }

    private static async ValueTask<Target> RequireTargetAsync(IReadTransaction tx, FunctionRecord function, string? qualifier)
    {
        if (qualifier is null)
        {
            return new Target(null, null, function.Latest.RevisionId);
        }

        if (VersionName.TryParse(qualifier, out var number))
        {
            return await VersionStore.GetAsync(tx, function.Id, number) is { } version
                ? new Target(version, null, version.RevisionId)
                : throw FunctionLedger.NotFound(function.Key.QualifiedArn(qualifier));
        }

        if (await AliasStore.Aliases.GetAsync(tx, function, qualifier) is { } alias)
        {
            return new Target(null, alias, alias.RevisionId);
        }

        var arn = function.Key.QualifiedArn(qualifier);
        throw qualifier.Contains('$') ? FunctionLedger.NotFound(arn) : new ResourceNotFoundException($"Cannot find alias arn: {arn}");
    }

    /// <summary>A change of the policy is one of what it belongs to: both get the same revision.</summary>
    private void Touch(IWriteTransaction tx, FunctionRecord function, Target target, string revision)
    {
        if (target.Version is not null)
        {
            VersionStore.Put(tx, function, target.Version with { RevisionId = revision });
        }
        else if (target.Alias is not null)
        {
            AliasStore.Aliases.Put(tx, function, target.Alias.Name, target.Alias with { RevisionId = revision });
        }
        else
        {
            FunctionChange.Put(tx, function, function with { Latest = function.Latest with { RevisionId = revision } }, ledger.Now);
        }
    }

    /// <summary>What a policy belongs to: a version, an alias or, with neither, the function.</summary>
    private sealed record Target(VersionRecord? Version, AliasRecord? Alias, string RevisionId);
}
