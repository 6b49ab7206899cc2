using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>Reads pages within the throughput of table and index.</summary>
internal sealed class Pages(IStore store, ThroughputGuard throughput)
{
    public async ValueTask<ItemPage> ReadAsync(ReadPlan plan, CancellationToken cancellationToken)
    {
        throughput.AdmitRead(plan.Table, plan.Index);
        if (plan.Range.IsEmpty)
        {
            return new ItemPage(plan.CountsOnly ? null : [], 0, 0, null, 0, 0);
        }

        var reader = new PageReader(plan);
        var page = await store.ReadAsync(reader.ReadAsync, cancellationToken);
        throughput.ChargeRead(plan.Table, plan.Index, plan.Index is null ? page.TableUnits : page.IndexUnits);
        if (plan.FetchesItems)
        {
            throughput.ChargeRead(plan.Table, null, page.TableUnits);
        }

        return page;
    }

    /// <param name="name">The table as the request names it.</param>
    public static ConsumedCapacity? Report(ReadPlan plan, ItemPage page, string name, string? mode)
    {
        if (mode is null)
        {
            return null;
        }

        var tally = new CapacityTally(name, plan.Table);
        tally.Add(page.TableUnits, []);
        if (plan.Index is not null)
        {
            tally.Add(plan.Index, page.IndexUnits);
        }

        return tally.Report(mode);
    }
}
