using Petrel.Aws.DynamoDb;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>What a change of a table comes to.</summary>
/// <param name="Table">The record after it; its stream is for the store to switch.</param>
/// <param name="Filled">An index that gets the items that are there; null for none.</param>
/// <param name="Emptied">An index whose entries go; null for none.</param>
internal sealed record TableUpdateOutcome(TableState Table, IndexState? Filled, IndexState? Emptied);

/// <summary>Decides what <c>UpdateTable</c> changes, with the service's checks in the service's order.</summary>
internal sealed class TableUpdate(UpdateTableRequest request, TableState table, IIdSource ids, DateTimeOffset now)
{
    private IndexState? _filled;
    private IndexState? _emptied;

    private IReadOnlyList<GlobalSecondaryIndexUpdate> IndexUpdates => request.GlobalSecondaryIndexUpdates ?? [];

    /// <summary>What can be said of a request without the table.</summary>
    public static void Check(UpdateTableRequest request)
    {
        RefuseUnsupported(request);
        if (request is
            {
                ProvisionedThroughput: null, BillingMode: null, StreamSpecification: null, SSESpecification: null, TableClass: null,
                DeletionProtectionEnabled: null, OnDemandThroughput: null, GlobalSecondaryIndexUpdates: null or { Count: 0 },
            })
        {
            throw CommonException.Validation(
                "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification "
                + "or ReplicaUpdates is required");
        }

        if (request is { BillingMode: "PROVISIONED", ProvisionedThroughput: null })
        {
            throw TableProblem.Invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
        }

        CheckIndexUpdates(request.GlobalSecondaryIndexUpdates ?? []);
    }

    public TableUpdateOutcome Decide()
    {
        CheckFree();
        var changed = ChangeBilling(table);
        changed = ChangeIndexes(changed);
        changed = changed with
        {
            OnDemand = changed.IsOnDemand ? ThroughputRules.OfLimits(request.OnDemandThroughput, true, changed.OnDemand) : RefuseLimits(),
            DeletionProtected = request.DeletionProtectionEnabled ?? changed.DeletionProtected,
        };
        if (request.TableClass is { } asked && asked != (changed.Class ?? "STANDARD"))
        {
            changed = changed with { Class = asked, ClassChangedAt = now.ToUnixTimeMilliseconds() };
        }

        IndexRules.CheckIncluded(changed.Indexes);
        return new TableUpdateOutcome(
            _filled is null && _emptied is null ? changed : changed with { Status = ResourceStatus.Updating }, _filled, _emptied);
    }

    private static void RefuseUnsupported(UpdateTableRequest request)
    {
        NewTable.RefuseEncryption("UpdateTable", request.SSESpecification);
        if (request.WarmThroughput is not null)
        {
            throw TableProblem.Unsupported("UpdateTable", nameof(request.WarmThroughput));
        }

        if (request.ReplicaUpdates is not null || request.GlobalTableWitnessUpdates is not null
            || request.MultiRegionConsistency is not null || request.GlobalTableSettingsReplicationMode is not null)
        {
            throw TableProblem.Unsupported("UpdateTable", "global tables");
        }
    }

    private static void CheckIndexUpdates(IReadOnlyList<GlobalSecondaryIndexUpdate> updates)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var update in updates)
        {
            var name = update.Update?.IndexName ?? update.Create?.IndexName ?? update.Delete?.IndexName
                ?? throw TableProblem.Invalid(
                    "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete "
                    + "must not be null");
            if (!names.Add(name))
            {
                throw TableProblem.Invalid($"Only one global secondary index update per index is allowed simultaneously. Index: {name}");
            }
        }

        if (updates.Count(static u => u.Create is not null || u.Delete is not null) > 1)
        {
            throw OneIndexOnly();
        }
    }

    private static LimitExceededException OneIndexOnly() =>
        new("Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table");

    /// <summary>While an index is added or removed, its table takes no other change; but an index that is being added may be given up.</summary>
    private void CheckFree()
    {
        if (table.Status == ResourceStatus.Active)
        {
            return;
        }

        if (table.Status == ResourceStatus.Updating)
        {
            var givesUp = IndexUpdates.Any(u => u.Delete is { } gone && table.FindIndex(gone.IndexName) is { Status: ResourceStatus.Creating });
            if (givesUp)
            {
                return;
            }

            if (IndexUpdates.Any(static u => u.Create is not null || u.Delete is not null))
            {
                throw OneIndexOnly();
            }
        }

        var state = table.Status == ResourceStatus.Creating ? "created" : "updated";
        throw new ResourceInUseException($"Attempt to change a resource which is still in use: Table is being {state}: {table.Name}");
    }

    private TableState ChangeBilling(TableState changed)
    {
        var onDemand = request.BillingMode is { } mode ? mode == "PAY_PER_REQUEST" : changed.IsOnDemand;
        if (onDemand && request.ProvisionedThroughput is not null)
        {
            throw ThroughputRules.NeitherUnits();
        }

        if (onDemand)
        {
            return changed.IsOnDemand ? changed : ToOnDemand(changed);
        }

        return request.ProvisionedThroughput switch
        {
            null => changed,
            { } asked when changed.Throughput is null => ToProvisioned(changed, asked),
            { } asked => changed with { Throughput = ThroughputRules.Change(changed.Throughput, asked, now) },
        };
    }

    private TableState ToOnDemand(TableState changed) => changed with
    {
        Throughput = null,
        OnDemandSwitches = ThroughputRules.Switch(changed.OnDemandSwitches, now),
        ShowsBilling = true,
        Indexes = [.. changed.Indexes.Select(static index => index with { Throughput = null })],
    };

    private TableState ToProvisioned(TableState changed, ProvisionedThroughput asked)
    {
        var given = IndexUpdates.Where(static u => u.Update?.ProvisionedThroughput is not null)
            .ToDictionary(static u => u.Update!.IndexName, static u => u.Update!.ProvisionedThroughput!, StringComparer.Ordinal);
        var missing = changed.Indexes.Where(i => i.IsGlobal && !given.ContainsKey(i.Name)).Select(static i => i.Name).ToList();
        if (missing.Count > 0)
        {
            throw TableProblem.Invalid($"ProvisionedThroughput must be specified for index: {string.Join(',', missing)}");
        }

        return changed with
        {
            Throughput = ThroughputRules.OfTable("PROVISIONED", asked),
            OnDemand = null,
            ShowsBilling = true,
            Indexes =
            [
                .. changed.Indexes.Select(index => index.IsGlobal
                    ? index with { Throughput = ThroughputRules.OfIndex(index.Name, given[index.Name], false), OnDemand = null }
                    : index),
            ],
        };
    }

    private OnDemandState? RefuseLimits() => ThroughputRules.OfLimits(request.OnDemandThroughput, onDemand: false);

    private TableState ChangeIndexes(TableState changed)
    {
        foreach (var update in IndexUpdates)
        {
            changed = update switch
            {
                { Update: { } asked } => ChangeIndex(changed, asked),
                { Create: { } asked } => AddIndex(changed, asked),
                _ => RemoveIndex(changed, update.Delete!.IndexName),
            };
        }

        return changed;
    }

    private TableState ChangeIndex(TableState changed, UpdateGlobalSecondaryIndexAction asked)
    {
        if (asked.WarmThroughput is not null)
        {
            throw TableProblem.Unsupported("UpdateTable", nameof(asked.WarmThroughput));
        }

        var index = FindGlobal(changed, asked.IndexName);
        if (changed.IsOnDemand)
        {
            if (asked.ProvisionedThroughput is not null)
            {
                throw ThroughputRules.NeitherUnits();
            }

            return changed.WithIndex(index.Name, index with { OnDemand = ThroughputRules.OfLimits(asked.OnDemandThroughput, true, index.OnDemand) });
        }

        RefuseLimits(asked.OnDemandThroughput);

        // What makes a table provisioned gives its indexes their throughput with it.
        return asked.ProvisionedThroughput is not { } units || table.IsOnDemand
            ? changed
            : changed.WithIndex(index.Name, index with { Throughput = ThroughputRules.Change(index.Throughput!, units, now) });
    }

    private static void RefuseLimits(OnDemandThroughput? asked) => ThroughputRules.OfLimits(asked, onDemand: false);

    private TableState AddIndex(TableState changed, GlobalSecondaryIndex asked)
    {
        if (changed.FindIndex(asked.IndexName) is not null)
        {
            throw CommonException.Validation("Attempting to create an index which already exists");
        }

        var keys = new KeyRules(request.AttributeDefinitions ?? [], [changed.Keys, .. changed.Indexes.Select(static i => i.Keys)]);
        var rules = new IndexRules(keys, changed.Keys, changed.IsOnDemand, ids);
        var index = rules.ReadGlobal(asked) with { Status = ResourceStatus.Creating, Backfilling = true };
        keys.CheckAllUsed(hasIndexes: true);
        IndexRules.CheckGlobalCount(changed.Indexes.Count(static i => i.IsGlobal) + 1);
        _filled = index;
        return changed with { Indexes = [.. changed.Indexes, index] };
    }

    private TableState RemoveIndex(TableState changed, string name)
    {
        var index = FindGlobal(changed, name);
        if (index.Status == ResourceStatus.Deleting)
        {
            throw new ResourceInUseException($"Attempt to change a resource which is still in use: Index is being deleted: {name}");
        }

        _emptied = index with { Status = ResourceStatus.Deleting, Backfilling = false };
        return changed.WithIndex(name, _emptied);
    }

    private static IndexState FindGlobal(TableState changed, string name) =>
        changed.FindIndex(name) is { IsGlobal: true } index
            ? index
            : throw new ResourceNotFoundException("Requested resource not found");
}
