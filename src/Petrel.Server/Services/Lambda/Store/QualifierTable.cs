using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>One kind of record of a function by alias, version or, with an empty text, of the function itself.</summary>
internal sealed class QualifierTable<T>(string kind)
    where T : class
{
    private readonly Subspace _records = new("lambda", kind);

    public ValueTask<T?> GetAsync(IReadTransaction tx, FunctionRecord function, string? qualifier) =>
        tx.GetAsync<T>(_records.Key(function.Id, qualifier ?? ""));

    public void Put(IWriteTransaction tx, FunctionRecord function, string? qualifier, T record)
    {
        tx.Put(_records.Key(function.Id, qualifier ?? ""), record);
        tx.Signal(function.Key.Topic);
    }

    public void Remove(IWriteTransaction tx, FunctionRecord function, string? qualifier)
    {
        tx.Delete(_records.Key(function.Id, qualifier ?? ""));
        tx.Signal(function.Key.Topic);
    }

    public void RemoveAll(IWriteTransaction tx, ulong functionId) => tx.DeleteRange(_records.Range(functionId));

    /// <summary>Records in the order of their qualifiers, those after <paramref name="after"/>.</summary>
    public async ValueTask<List<T>> ListAsync(IReadTransaction tx, FunctionRecord function, string? after, int limit)
    {
        var range = _records.Range(function.Id);
        if (after is not null)
        {
            range = range.After(_records.Key(function.Id, after));
        }

        var page = await tx.ScanAsync(range, limit);
        return [.. page.Select(pair => RecordCodec.Decode<T>(pair.Value))];
    }
}
