using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Async;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>
/// DeleteFunction. The name goes in one transaction, with it the function is gone; its other rows follow in bounded ones, later
/// if need be. Running invocations finish.
/// </summary>
internal sealed partial class FunctionRemoval(
    FunctionLedger ledger,
    AsyncQueues events,
    ProvisionedKeeper provisioned,
    TimeProvider time,
    ILogger<FunctionRemoval> log) : BackgroundService
{
    private const int PageSize = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    public async Task DeleteAsync(DeleteFunctionRequest request, CallContext call)
    {
        var reference = FunctionRef.Parse(request.FunctionName, call).WithQualifier(request.Qualifier);
        if (reference.Qualifier is null)
        {
            await DeleteFunctionAsync(reference, call);
        }
        else if (reference.Qualifier == VersionName.Latest)
        {
            throw new InvalidParameterValueException("$LATEST version cannot be deleted without deleting the function.");
        }
        else if (VersionName.TryParse(reference.Qualifier, out var number))
        {
            await DeleteVersionAsync(reference with { Qualifier = null }, number, call);
        }
        else
        {
            throw new InvalidParameterValueException("Deletion of aliases is not currently supported.");
        }
    }

    /// <summary>Removes the rows that earlier deletions left when the daemon or the store stopped in their middle.</summary>
    public async Task RemoveLeftAsync(CancellationToken cancellationToken)
    {
        while (await ledger.ReadAsync(tx => RemovalStore.ListAsync(tx, PageSize), cancellationToken) is { Count: > 0 } left)
        {
            foreach (var function in left)
            {
                await RemoveRowsAsync(function);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await RemoveLeftAsync(stoppingToken);
            }
            catch (StoreException problem)
            {
                LogFailed(problem);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task DeleteFunctionAsync(FunctionRef reference, CallContext call)
    {
        var removed = await ledger.ChangeAsync(reference, call, (tx, function) =>
        {
            FunctionChange.Remove(tx, function, ledger.Now);
            PendingStore.Remove(tx, function.Key, VersionName.Latest);
            RemovalStore.Put(tx, function);
            events.Remove(tx, function.Id);
            return new ValueTask<FunctionRecord>(function);
        });
        try
        {
            await RemoveRowsAsync(removed);
        }
        catch (StoreException problem)
        {
            // The function is gone, which is what the caller asked for; its rows go with the next pass.
            LogInterrupted(removed.Key.Arn, problem);
        }

        await provisioned.ReconcileAsync(removed.Key);
    }

    private async Task RemoveRowsAsync(FunctionRecord function)
    {
        while (!await ledger.ChangeAsync(function.Key, tx => RemovalStore.RemoveChunkAsync(tx, function, ledger.Now)))
        {
        }
    }

    private async Task DeleteVersionAsync(FunctionRef reference, long number, CallContext call)
    {
        var function = await ledger.ChangeAsync(reference, call, async (tx, function) =>
        {
            await RequireNoAliasAsync(tx, function, number);
            if (await VersionStore.GetAsync(tx, function.Id, number) is { } version)
            {
                FunctionChange.RemoveVersion(tx, function, version, ledger.Now);
                await RemovalStore.RemoveQualifierAsync(tx, function, version.Version);
                PendingStore.Remove(tx, function.Key, version.Version);
            }

            return function;
        });
        await provisioned.ReconcileAsync(function.Key);
    }

    private static async ValueTask RequireNoAliasAsync(IReadTransaction tx, FunctionRecord function, long number)
    {
        string? after = null;
        while (true)
        {
            var page = await AliasStore.Aliases.ListAsync(tx, function, after, PageSize);
            if (page.Find(alias => alias.Version == $"{number}" || alias.OtherVersion == $"{number}") is { } alias)
            {
                throw new ResourceConflictException(
                    $"Version {number} has aliases pointing to it, and cannot be deleted: {function.Key.QualifiedArn(alias.Name)}");
            }

            if (page.Count < PageSize)
            {
                return;
            }

            after = page[^1].Name;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rows of the deleted function {FunctionArn} are left; the next pass removes them")]
    private partial void LogInterrupted(string functionArn, Exception problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rows of deleted functions could not be removed; the next pass tries again")]
    private partial void LogFailed(Exception problem);
}
