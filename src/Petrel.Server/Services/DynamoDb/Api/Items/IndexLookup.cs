using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>Finds the index that a query or scan names.</summary>
internal static class IndexLookup
{
    /// <returns>Null where none is named.</returns>
    /// <exception cref="CommonException">It is not there, or not yet, or cannot be read consistently (<c>ValidationException</c>).</exception>
    public static IndexState? Find(TableState table, string? name, bool consistent)
    {
        if (name is null)
        {
            return null;
        }

        var index = table.FindIndex(name) ?? throw CommonException.Validation($"The table does not have the specified index: {name}");
        if (index.IsGlobal && consistent)
        {
            throw CommonException.Validation("Consistent reads are not supported on global secondary indexes");
        }

        return index.IsReadable
            ? index
            : throw CommonException.Validation($"Cannot read from backfilling global secondary index: {name}");
    }
}
