using System.Collections.Concurrent;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>
/// Provisioned throughput acts: a table or global index that used more than it has refuses requests until its units have come again. Tables
/// that are paid by request are bounded only where their owner set a maximum. Kept in memory: a restart fills every bucket.
/// </summary>
internal sealed class ThroughputGuard(TimeProvider time)
{
    /// <summary>Buckets of tables that are gone stay until then; each is less than 100 bytes.</summary>
    private const int MaxBuckets = 20_000;

    private readonly ConcurrentDictionary<(ulong Id, bool IsWrite), TokenBucket> _buckets = [];

    /// <summary>Lets a read of a table or index in.</summary>
    /// <exception cref="ServiceException"/>
    public void AdmitRead(TableState table, IndexState? index = null)
    {
        // A local index uses the table's units.
        var global = index is { IsGlobal: true } ? index : null;
        if (!HasUnits(table, global, isWrite: false))
        {
            throw Exceeded(table, global);
        }
    }

    /// <summary>Lets a write of a table in, which is one of its global indexes too.</summary>
    /// <exception cref="ServiceException"/>
    public void AdmitWrite(TableState table)
    {
        if (TryAdmitWrite(table) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>Why a write may not come in; null when it may.</summary>
    public ServiceException? TryAdmitWrite(TableState table)
    {
        if (!HasUnits(table, null, isWrite: true))
        {
            return Exceeded(table, null);
        }

        foreach (var index in table.Indexes)
        {
            if (index.IsGlobal && !HasUnits(table, index, isWrite: true))
            {
                return Exceeded(table, index);
            }
        }

        return null;
    }

    public void ChargeRead(TableState table, IndexState? index, double units)
    {
        var global = index is { IsGlobal: true } ? index : null;
        Charge(table, global, isWrite: false, units);
    }

    /// <param name="indexUnits">Of each index, in the table's order.</param>
    public void ChargeWrite(TableState table, double tableUnits, ReadOnlySpan<double> indexUnits)
    {
        Charge(table, null, isWrite: true, tableUnits);
        for (var i = 0; i < Math.Min(indexUnits.Length, table.Indexes.Count); i++)
        {
            if (indexUnits[i] > 0)
            {
                Charge(table, table.Indexes[i].IsGlobal ? table.Indexes[i] : null, isWrite: true, indexUnits[i]);
            }
        }
    }

    private bool HasUnits(TableState table, IndexState? index, bool isWrite) =>
        RateOf(table, index, isWrite) is not { } rate || Bucket(table, index, isWrite, rate).HasUnits(rate, Now());

    private void Charge(TableState table, IndexState? index, bool isWrite, double units)
    {
        if (RateOf(table, index, isWrite) is { } rate)
        {
            Bucket(table, index, isWrite, rate).Take(units, rate, Now());
        }
    }

    private TokenBucket Bucket(TableState table, IndexState? index, bool isWrite, double rate)
    {
        var id = (index?.Id ?? table.Id, isWrite);
        if (_buckets.TryGetValue(id, out var bucket))
        {
            return bucket;
        }

        if (_buckets.Count >= MaxBuckets)
        {
            _buckets.Clear();
        }

        return _buckets.GetOrAdd(id, static (_, start) => new TokenBucket(start.Rate, start.Now), (Rate: rate, Now: Now()));
    }

    /// <summary>Units a second; null for no bound.</summary>
    private static double? RateOf(TableState table, IndexState? index, bool isWrite)
    {
        var throughput = index is null ? table.Throughput : index.Throughput;
        if (table.Throughput is not null && throughput is not null)
        {
            return isWrite ? throughput.WriteUnits : throughput.ReadUnits;
        }

        var maximum = index is null ? table.OnDemand : index.OnDemand;
        return isWrite ? maximum?.MaxWriteUnits : maximum?.MaxReadUnits;
    }

    private static ServiceException Exceeded(TableState table, IndexState? index) => table.IsOnDemand
        ? new CommonException("ThrottlingException", "Throughput exceeds the maximum OnDemandThroughput configured on table or index", 400)
        : index is null ? ProvisionedThroughputExceededException.Table() : ProvisionedThroughputExceededException.Index();

    private long Now() => (long)time.GetElapsedTime(0).TotalMilliseconds;
}
