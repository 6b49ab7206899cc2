using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>Switches the streams of tables on and off, as part of the transaction that writes the table's record.</summary>
internal sealed class TableStreams(EventLog log, IIdSource ids, TimeProvider time, PetrelOptions options)
{
    /// <summary>The table with a new stream.</summary>
    public TableState Open(IWriteTransaction tx, TableState table, string view)
    {
        var shards = StreamRules.ShardsOf(table, options.Dynamodb.StreamShards);
        return table with { Stream = StreamStore.Open(tx, table, ids.NextId(), shards, view, time.GetUtcNow()) };
    }

    /// <summary>The table without its stream, which stays readable for a day.</summary>
    public async ValueTask<TableState> CloseAsync(IWriteTransaction tx, TableState table)
    {
        await StreamStore.CloseAsync(tx, log, table, time.GetUtcNow());
        return table with { Stream = null };
    }
}
