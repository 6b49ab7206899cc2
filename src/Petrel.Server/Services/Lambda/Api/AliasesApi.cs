using System.Globalization;
using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>CreateAlias, GetAlias, UpdateAlias, DeleteAlias and ListAliases.</summary>
internal sealed class AliasesApi(FunctionLedger ledger, ProvisionedKeeper provisioned)
{
    public async Task<AliasConfiguration> CreateAsync(CreateAliasRequest request, CallContext call)
    {
        var reference = FunctionRef.Unqualified(request.FunctionName, call);
        var (other, weight) = ReadRouting(request.RoutingConfig, request.FunctionVersion);
        var alias = new AliasRecord(request.Name, request.FunctionVersion, request.Description ?? "", ledger.NewRevision(), other, weight);
        var asked = reference with { Qualifier = request.FunctionVersion };
        await ledger.ChangeAsync(asked, call, async (tx, function) =>
        {
            await RequireVersionsAsync(tx, function, alias);
            if (await AliasStore.Aliases.GetAsync(tx, function, alias.Name) is not null)
            {
                throw new ResourceConflictException($"Alias already exists: {function.Key.QualifiedArn(alias.Name)}");
            }

            AliasStore.Aliases.Put(tx, function, alias.Name, alias);
            return function;
        });
        return FunctionView.Of(reference.KeyIn(call), alias);
    }

    public async Task<AliasConfiguration> GetAsync(GetAliasRequest request, CallContext call)
    {
        var reference = FunctionRef.Unqualified(request.FunctionName, call);
        var key = reference.KeyIn(call);
        var alias = await ledger.ReadAsync(
            async tx => await FunctionStore.GetAsync(tx, key) is { } function
                ? await AliasStore.Aliases.GetAsync(tx, function, request.Name)
                : null,
            call.Aborted);
        return alias is null
            ? throw new ResourceNotFoundException($"Cannot find alias arn: {key.QualifiedArn(request.Name)}")
            : FunctionView.Of(key, alias);
    }

    public async Task<AliasConfiguration> UpdateAsync(UpdateAliasRequest request, CallContext call)
    {
        var reference = FunctionRef.Unqualified(request.FunctionName, call);
        var revision = ledger.NewRevision();
        var (function, alias) = await ledger.ChangeAsync(reference, call, async (tx, function) =>
        {
            var before = await AliasStore.Aliases.GetAsync(tx, function, request.Name)
                ?? throw new ResourceNotFoundException($"Alias not found: {function.Key.QualifiedArn(request.Name)}");
            FunctionRules.RequireRevision(request.RevisionId, before.RevisionId);
            var version = request.FunctionVersion ?? before.Version;
            var (other, weight) = request.RoutingConfig is null
                ? (before.OtherVersion, before.OtherWeight)
                : ReadRouting(request.RoutingConfig, version);
            RequireOther(version, other);
            var after = new AliasRecord(before.Name, version, request.Description ?? before.Description, revision, other, weight);
            await RequireVersionsAsync(tx, function, after);
            AliasStore.Aliases.Put(tx, function, after.Name, after);
            return (function, after);
        });
        _ = provisioned.ReconcileAsync(function.Key);
        return FunctionView.Of(function.Key, alias);
    }

    public async Task DeleteAsync(DeleteAliasRequest request, CallContext call)
    {
        var reference = FunctionRef.Unqualified(request.FunctionName, call);
        await ledger.ChangeAsync(reference, call, async (tx, function) =>
        {
            AliasStore.Aliases.Remove(tx, function, request.Name);
            await RemovalStore.RemoveQualifierAsync(tx, function, request.Name);
            return true;
        });
        _ = provisioned.ReconcileAsync(reference.KeyIn(call));
    }

    public async Task<ListAliasesResult> ListAsync(ListAliasesRequest request, CallContext call)
    {
        var reference = FunctionRef.Unqualified(request.FunctionName, call);
        var limit = PageMarker.Limit(request.MaxItems);
        var after = PageMarker.Read(request.Marker);
        return await ledger.ReadAsync(reference, call, async (tx, function) =>
        {
            var found = new List<AliasRecord>();
            List<AliasRecord> page;
            do
            {
                page = await AliasStore.Aliases.ListAsync(tx, function, after, limit + 1);
                found.AddRange(page.Where(alias => request.FunctionVersion is null || alias.Version == request.FunctionVersion));
                after = page.Count == 0 ? after : page[^1].Name;
            }
            while (page.Count > limit && found.Count <= limit);

            var next = PageMarker.Cut(found, limit, alias => alias.Name);
            return new ListAliasesResult([.. found.Select(alias => FunctionView.Of(function.Key, alias))], next);
        });
    }

    /// <summary>The second version of a routing configuration and its weight.</summary>
    private static (string? Version, double Weight) ReadRouting(AliasRouting? routing, string version)
    {
        if (routing?.AdditionalVersionWeights is not { Count: > 0 } weights)
        {
            return (null, 0);
        }

        CheckWeights(weights);
        if (weights.Count > 1)
        {
            throw new InvalidParameterValueException("Number of items in AdditionalVersionWeights cannot be greater than 1");
        }

        var (other, weight) = weights.First();
        RequireOther(version, other);
        return (other, weight);
    }

    private static void RequireOther(string version, string? other)
    {
        if (other == version)
        {
            throw new InvalidParameterValueException(
                $"Invalid function version {version}. Function version {version} is already included in routing configuration.");
        }

        if (other is not null && version == VersionName.Latest)
        {
            throw new InvalidParameterValueException("$LATEST is not supported for an alias pointing to more than 1 version");
        }
    }

    private static void CheckWeights(Dictionary<string, double> weights)
    {
        var problem = weights.Any(pair => !VersionName.TryParse(pair.Key, out _))
            ? "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or "
              + "equal to 1, Member must satisfy regular expression pattern: [0-9]+]"
            : weights.Values.Any(weight => weight is not (>= 0 and <= 1))
                ? "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than "
                  + "or equal to 0.0, Member must not be null]"
                : null;
        if (problem is not null)
        {
            var quoted = string.Join(", ", weights.Select(pair => $"{pair.Key}={Java(pair.Value)}"));
            throw CommonException.Validation(
                $"1 validation error detected: Value '{{{quoted}}}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: {problem}");
        }
    }

    /// <summary>Numbers as Lambda quotes them: <c>2.0</c>.</summary>
    private static string Java(double value) => value.ToString("0.0##############", CultureInfo.InvariantCulture);

    private static async ValueTask RequireVersionsAsync(IReadTransaction tx, FunctionRecord function, AliasRecord alias)
    {
        foreach (var version in new[] { alias.Version, alias.OtherVersion })
        {
            if (version is not null && await VersionLookup.FindAsync(tx, function, version) is null)
            {
                throw FunctionLedger.NotFound(function.Key.QualifiedArn(version));
            }
        }
    }
}
