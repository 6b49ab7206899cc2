using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;

namespace Petrel.Server.Services.DynamoDb.Model.Items;

/// <summary>What a transaction says beside the sum.</summary>
internal enum CapacityUse
{
    Plain,
    TransactionRead,
    TransactionWrite,
}

/// <summary>Sums the units that a request uses of one table and its indexes, and reports them as the request asks.</summary>
/// <param name="name">The table as the request names it.</param>
internal sealed class CapacityTally(string name, TableState table)
{
    private readonly double[] _indexes = table.Indexes.Count == 0 ? [] : new double[table.Indexes.Count];
    private double _table;

    public void Add(double tableUnits, ReadOnlySpan<double> indexUnits)
    {
        _table += tableUnits;
        for (var i = 0; i < Math.Min(indexUnits.Length, _indexes.Length); i++)
        {
            _indexes[i] += indexUnits[i];
        }
    }

    public void Add(IndexState index, double units)
    {
        for (var i = 0; i < _indexes.Length; i++)
        {
            if (table.Indexes[i].Id == index.Id)
            {
                _indexes[i] += units;
            }
        }
    }

    /// <param name="mode">ReturnConsumedCapacity; null and NONE report nothing.</param>
    public ConsumedCapacity? Report(string? mode, CapacityUse use = CapacityUse.Plain)
    {
        if (mode is not ("TOTAL" or "INDEXES"))
        {
            return null;
        }

        var total = _table;
        foreach (var units in _indexes)
        {
            total += units;
        }

        var report = new ConsumedCapacity(name, total, Read(total, use), Write(total, use));
        return mode == "TOTAL"
            ? report
            : report with
            {
                Table = Part(_table, use),
                LocalSecondaryIndexes = Parts(isGlobal: false, use),
                GlobalSecondaryIndexes = Parts(isGlobal: true, use),
            };
    }

    /// <summary>The reports of several tables; null where none is asked.</summary>
    public static List<ConsumedCapacity>? ReportAll(IEnumerable<CapacityTally> tallies, string? mode, CapacityUse use = CapacityUse.Plain)
    {
        if (mode is not ("TOTAL" or "INDEXES"))
        {
            return null;
        }

        var reports = new List<ConsumedCapacity>();
        foreach (var tally in tallies)
        {
            reports.Add(tally.Report(mode, use)!);
        }

        return reports;
    }

    private Dictionary<string, Capacity>? Parts(bool isGlobal, CapacityUse use)
    {
        Dictionary<string, Capacity>? parts = null;
        for (var i = 0; i < _indexes.Length; i++)
        {
            if (_indexes[i] > 0 && table.Indexes[i].IsGlobal == isGlobal)
            {
                (parts ??= []).Add(table.Indexes[i].Name, Part(_indexes[i], use));
            }
        }

        return parts;
    }

    private static Capacity Part(double units, CapacityUse use) => new(units, Read(units, use), Write(units, use));

    private static double? Read(double units, CapacityUse use) => use == CapacityUse.TransactionRead ? units : null;

    private static double? Write(double units, CapacityUse use) => use == CapacityUse.TransactionWrite ? units : null;
}
