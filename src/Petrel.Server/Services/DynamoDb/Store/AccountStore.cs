using System.Buffers.Binary;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>How many tables an account has in a region.</summary>
internal static class AccountStore
{
    private static readonly Subspace Counts = new("dynamodb", "account");

    /// <summary>The number of tables after one more or less; read and written, so that of two that reach a limit one sees the other.</summary>
    public static async ValueTask<long> AddTablesAsync(IWriteTransaction tx, string account, string region, int tables)
    {
        var key = Counts.Key(account, region);
        var count = (await tx.GetAsync(key) is { } value ? BinaryPrimitives.ReadInt64LittleEndian(value.Span) : 0) + tables;
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, count);
        tx.Put(key, bytes);
        return count;
    }
}
