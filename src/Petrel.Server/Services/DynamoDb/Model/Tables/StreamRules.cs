using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>What requests say of a table's stream.</summary>
internal static class StreamRules
{
    /// <summary>Writes a second that one shard takes, where a table says how many it has.</summary>
    private const long UnitsPerShard = 1_000;

    private const int MaxShards = 64;

    /// <summary>The view of a new table's stream; null for none.</summary>
    public static string? ViewOfNewTable(StreamSpecification? asked) => asked is null ? null : ViewOf(asked);

    /// <summary>The view of the stream that a table gets; null when it is switched off.</summary>
    public static string? ViewOf(StreamSpecification asked) => asked switch
    {
        { StreamEnabled: true, StreamViewType: null } =>
            throw TableProblem.Invalid("StreamViewType must be specified when StreamEnabled is true"),
        { StreamEnabled: false, StreamViewType: not null } =>
            throw TableProblem.Invalid("StreamViewType cannot be specified when StreamEnabled is false"),
        _ => asked.StreamViewType,
    };

    public static void CheckChange(TableState table, string? view)
    {
        if (view is not null && table.Stream is not null)
        {
            throw CommonException.Validation($"Table already has an enabled stream: TableName: {table.Name}");
        }

        if (view is null && table.Stream is null)
        {
            throw CommonException.Validation($"Table already has a disabled stream: TableName: {table.Name}");
        }
    }

    /// <summary>Shards of a new stream: as a table's throughput says, else as the setting does.</summary>
    public static int ShardsOf(TableState table, int onDemandShards) => table.Throughput is { } throughput
        ? (int)Math.Clamp((throughput.WriteUnits + UnitsPerShard - 1) / UnitsPerShard, 1, MaxShards)
        : onDemandShards;
}
