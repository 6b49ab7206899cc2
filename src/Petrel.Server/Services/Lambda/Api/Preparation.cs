using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>Updates of <c>$LATEST</c> and of what is published with it, up to the moment that the new code is there.</summary>
internal sealed class Preparation(FunctionLedger ledger, Preparer preparer, TimeProvider time)
{
    /// <summary>
    /// An answer waits this long for the preparation, which is quick for most packages: what is called next then already finds the
    /// function ready. A longer one shows as Pending or InProgress.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public NewIds NewIds() => new(ledger.NewId(), ledger.NewRevision(), ledger.NewRevision());

    /// <summary>Stores a change of <c>$LATEST</c>, publishes it when <paramref name="publication"/> is given, and prepares it.</summary>
    public async Task<FunctionConfiguration> UpdateAsync(
        FunctionRef reference,
        CallContext call,
        Func<FunctionRecord, FunctionRecord> change,
        NewIds? publication)
    {
        var now = ledger.Now;
        var (function, version) = await ledger.ChangeAsync(
            reference,
            call,
            async (tx, before) =>
            {
                var after = change(before);
                await PackageLibrary.RequireSpaceAsync(tx, before.Key.Account, before.Key.Region, after.Latest.Code);
                PendingStore.Put(tx, after.Key, VersionName.Latest);
                VersionRecord? published = null;
                if (publication is { } ids)
                {
                    (after, published) = FunctionRules.Publish(after, null, ids);
                    published = published with { State = FunctionPreparation.Creating, LastUpdate = null };
                    FunctionChange.PutVersion(tx, after, published, now);
                    PendingStore.Put(tx, after.Key, published.Version);
                }

                FunctionChange.Put(tx, before, after, now);
                return (after, published);
            });
        await FinishAsync(function, version ?? function.Latest);
        return ledger.View(function, version ?? function.Latest, version?.Version);
    }

    /// <summary>Prepares the function and what was published with it; returns when that is done, or after a while.</summary>
    public async Task FinishAsync(FunctionRecord function, VersionRecord version)
    {
        var latest = preparer.PrepareAsync(function.Key, VersionName.Latest, function.Latest.ConfigId);
        var published = version.Version == VersionName.Latest
            ? Task.CompletedTask
            : preparer.PrepareAsync(function.Key, version.Version, version.ConfigId);
        try
        {
            await Task.WhenAll(latest, published).WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            // The preparation goes on; the function says so in its state.
        }
    }
}
