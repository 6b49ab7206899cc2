using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>Put-, Get-, List- and DeleteProvisionedConcurrencyConfig.</summary>
internal sealed class ProvisionedApi(FunctionLedger ledger, ProvisionedKeeper keeper)
{
    private const int PageSize = 100;

    public async Task<ProvisionedConcurrency> PutAsync(PutProvisionedConcurrencyConfigRequest request, CallContext call)
    {
        var reference = FunctionRef.Parse(request.FunctionName, call).WithQualifier(request.Qualifier);
        if (reference.Qualifier is null or VersionName.Latest)
        {
            throw new InvalidParameterValueException("Provisioned Concurrency Configs cannot be applied to unpublished function versions.");
        }

        var key = reference.KeyIn(call);
        var config = new ProvisionedRecord(reference.Qualifier, request.ProvisionedConcurrentExecutions, ledger.Now);
        await ledger.ChangeAsync(key, async tx =>
        {
            var function = await RequireQualifierAsync(tx, key, config.Qualifier);
            await RequireNoOverlapAsync(tx, function, config.Qualifier);
            var before = await ProvisionedStore.GetAsync(tx, function, config.Qualifier);
            await CheckLimitsAsync(tx, function, config, before);
            ProvisionedStore.Put(tx, function, before, config);
            return true;
        });
        _ = keeper.ReconcileAsync(key);
        return new ProvisionedConcurrency(config.Requested, 0, 0, "IN_PROGRESS", config.LastModified);
    }

    public async Task<ProvisionedConcurrency> GetAsync(GetProvisionedConcurrencyConfigRequest request, CallContext call)
    {
        var reference = Published(request.FunctionName, request.Qualifier, call);
        var key = reference.KeyIn(call);
        return await ledger.ReadAsync(
            async tx =>
            {
                var function = await RequireQualifierAsync(tx, key, reference.Qualifier!);
                return await ProvisionedStore.GetAsync(tx, function, reference.Qualifier!) is { } config
                    ? Describe(config, keeper.GetState(function, await ProvisionedKeeper.ShareAsync(tx, function, config)))
                    : throw new ProvisionedConcurrencyConfigNotFoundException();
            },
            call.Aborted);
    }

    public async Task<ListProvisionedConcurrencyConfigsResult> ListAsync(ListProvisionedConcurrencyConfigsRequest request, CallContext call)
    {
        var reference = FunctionRef.Unqualified(request.FunctionName, call);
        var limit = PageMarker.Limit(request.MaxItems);
        var after = PageMarker.Read(request.Marker);
        return await ledger.ReadAsync(reference, call, async (tx, function) =>
        {
            var page = await ProvisionedStore.ListAsync(tx, function, after, limit + 1);
            var next = PageMarker.Cut(page, limit, config => config.Qualifier);
            var items = new List<ProvisionedConcurrencyItem>(page.Count);
            foreach (var config in page)
            {
                var shown = Describe(config, keeper.GetState(function, await ProvisionedKeeper.ShareAsync(tx, function, config)));
                items.Add(new ProvisionedConcurrencyItem(
                    function.Key.QualifiedArn(config.Qualifier),
                    shown.RequestedProvisionedConcurrentExecutions,
                    shown.AvailableProvisionedConcurrentExecutions,
                    shown.AllocatedProvisionedConcurrentExecutions,
                    shown.Status,
                    shown.LastModified,
                    shown.StatusReason));
            }

            return new ListProvisionedConcurrencyConfigsResult(items, next);
        });
    }

    public async Task DeleteAsync(DeleteProvisionedConcurrencyConfigRequest request, CallContext call)
    {
        var reference = Published(request.FunctionName, request.Qualifier, call);
        var key = reference.KeyIn(call);
        await ledger.ChangeAsync(key, async tx =>
        {
            var function = await RequireQualifierAsync(tx, key, reference.Qualifier!);
            if (await ProvisionedStore.GetAsync(tx, function, reference.Qualifier!) is { } config)
            {
                ProvisionedStore.Remove(tx, function, config);
            }

            return true;
        });
        _ = keeper.ReconcileAsync(key);
    }

    private static FunctionRef Published(string name, string qualifier, CallContext call)
    {
        var reference = FunctionRef.Parse(name, call).WithQualifier(qualifier);
        return reference.Qualifier is null or VersionName.Latest
            ? throw new InvalidParameterValueException("The function resource provided must be an alias or a published version.")
            : reference;
    }

    private static ProvisionedConcurrency Describe(ProvisionedRecord config, ProvisionedState state)
    {
        var status = state.FailureReason is not null ? "FAILED" : state.Available >= config.Requested ? "READY" : "IN_PROGRESS";
        return new ProvisionedConcurrency(config.Requested, state.Available, state.Available, status, config.LastModified, state.FailureReason);
    }

    private static async ValueTask<FunctionRecord> RequireQualifierAsync(IReadTransaction tx, FunctionKey key, string qualifier)
    {
        var function = await FunctionStore.GetAsync(tx, key);
        var isVersion = VersionName.TryParse(qualifier, out var number);
        var exists = function is not null && (isVersion
            ? await VersionStore.GetAsync(tx, function.Id, number) is not null
            : await AliasStore.Aliases.GetAsync(tx, function, qualifier) is not null);
        if (exists)
        {
            return function!;
        }

        var arn = key.QualifiedArn(qualifier);
        throw isVersion ? FunctionLedger.NotFound(arn) : new ResourceNotFoundException($"Cannot find alias arn: {arn}");
    }

    /// <summary>A version is provisioned by itself or by an alias, never by both.</summary>
    private static async ValueTask RequireNoOverlapAsync(IReadTransaction tx, FunctionRecord function, string qualifier)
    {
        var isVersion = VersionName.TryParse(qualifier, out _);
        var alias = isVersion ? null : await AliasStore.Aliases.GetAsync(tx, function, qualifier);
        string? after = null;
        while (true)
        {
            var page = await ProvisionedStore.ListAsync(tx, function, after, PageSize);
            foreach (var other in page.Where(other => other.Qualifier != qualifier))
            {
                if (alias is not null && (other.Qualifier == alias.Version || other.Qualifier == alias.OtherVersion))
                {
                    throw new ResourceConflictException(
                        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
                }

                if (isVersion && await AliasStore.Aliases.GetAsync(tx, function, other.Qualifier) is { } pointing
                    && (pointing.Version == qualifier || pointing.OtherVersion == qualifier))
                {
                    throw new ResourceConflictException("Version is pointed by a Provisioned Concurrency alias");
                }
            }

            if (page.Count < PageSize)
            {
                return;
            }

            after = page[^1].Qualifier;
        }
    }

    private async ValueTask CheckLimitsAsync(IReadTransaction tx, FunctionRecord function, ProvisionedRecord config, ProvisionedRecord? before)
    {
        var (account, region) = (function.Key.Account, function.Key.Region);
        var unreserved = ledger.AccountConcurrency
            - await AccountStore.GetReservedAsync(tx, account, region)
            - await AccountStore.GetProvisionedAsync(tx, account, region)
            + (before?.Requested ?? 0);
        ProvisionedPlan.CheckLimits(config.Requested, function.ReservedConcurrency, unreserved);
    }
}
