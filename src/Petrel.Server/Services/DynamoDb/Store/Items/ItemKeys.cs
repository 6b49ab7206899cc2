using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Storage;
using KeyAttribute = Petrel.Server.Services.DynamoDb.Model.Tables.KeyAttribute;
using KeyRange = Petrel.Storage.KeyRange;

namespace Petrel.Server.Services.DynamoDb.Store.Items;

/// <summary>
/// Where items and index entries lie. An item: <c>(table id, hash, sort key)</c>; an entry: <c>(index id, hash of the index's partition key,
/// the index's sort key, hash of the item's key)</c>. A hash is the first 16 bytes of SHA-256 of the partition key's type and bytes: tenants
/// choose keys, and could make a plainer hash collide. Sort keys are bytes whose order is that of the values.
/// </summary>
internal static class ItemKeys
{
    public const int HashBytes = 16;

    /// <summary>The longest partition key, after its type.</summary>
    private const int MaxPartitionBytes = 2_048;

    private const int MaxSortBytes = 1_024;

    /// <summary>An id with the kind of its element.</summary>
    private const int IdBytes = 9;

    /// <summary>After the table's id and the kind of the next element.</summary>
    private const int CollectionStart = IdBytes + 1;

    private static readonly Subspace Items = new("dynamodb", "item");
    private static readonly Subspace Entries = new("dynamodb", "entry");

    /// <summary>The key of an item, from its key attributes, which have been checked.</summary>
    public static Key OfItem(TableState table, AttributeMap item)
    {
        var builder = new TupleBuilder(Items, stackalloc byte[TransactionLimits.MaxKeyBytes]);
        builder.Append(table.Id);
        AppendHash(ref builder, item[table.Keys.Partition.Name]);
        if (table.Keys.Sort is { } sort)
        {
            AppendSort(ref builder, item[sort.Name]);
        }

        return builder.ToKey();
    }

    /// <summary>The key of an item's entry; false when the item is not in the index, because it lacks one of its key attributes.</summary>
    /// <param name="itemKey">The key of the item, as <see cref="OfItem"/> gave it.</param>
    public static bool TryOfEntry(IndexState index, AttributeMap item, Key itemKey, out Key key)
    {
        key = default;
        if (!TryFind(item, index.Keys.Partition, out var partition))
        {
            return false;
        }

        var builder = new TupleBuilder(Entries, stackalloc byte[TransactionLimits.MaxKeyBytes]);
        builder.Append(index.Id);
        AppendHash(ref builder, partition);
        if (index.Keys.Sort is { } sort)
        {
            if (!TryFind(item, sort, out var value))
            {
                return false;
            }

            AppendSort(ref builder, value);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(itemKey.Span[Items.Prefix.Bytes.Length..], hash);
        builder.Append(hash[..HashBytes]);
        key = builder.ToKey();
        return true;
    }

    /// <summary>The key of an index entry as a starting key names it: key attributes of the index and of the table.</summary>
    public static Key OfEntry(TableState table, IndexState index, AttributeMap keys) =>
        TryOfEntry(index, keys, OfItem(table, keys), out var key) ? key : throw new ArgumentException("The keys are not those of an entry.", nameof(keys));

    /// <summary>What all items of the same partition key have in common.</summary>
    public static ReadOnlySpan<byte> CollectionOf(Key itemKey)
    {
        var bytes = itemKey.Span[(Items.Prefix.Bytes.Length + CollectionStart)..];
        var at = 0;
        while (bytes[at] != 0 || (at + 1 < bytes.Length && bytes[at + 1] == byte.MaxValue))
        {
            at += bytes[at] == 0 ? 2 : 1;
        }

        return bytes[..at];
    }

    /// <summary>All items of a table.</summary>
    public static KeyRange Table(ulong tableId) => Items.Range(tableId);

    /// <summary>All entries of an index.</summary>
    public static KeyRange Index(ulong indexId) => Entries.Range(indexId);

    /// <summary>All items of one partition key, or all entries of an index.</summary>
    /// <param name="index">Null for the table.</param>
    public static KeyRange Partition(TableState table, IndexState? index, AttributeValue partition)
    {
        var builder = StartPartition(table, index, partition, stackalloc byte[TransactionLimits.MaxKeyBytes]);
        return new KeyRange(builder.ToKey(), builder.ToEnd());
    }

    /// <summary>The items or entries of one partition key whose sort keys fulfil a condition.</summary>
    public static KeyRange Sorted(TableState table, IndexState? index, AttributeValue partition, SortCondition sort)
    {
        var all = StartPartition(table, index, partition, stackalloc byte[TransactionLimits.MaxKeyBytes]);
        return sort.Operator switch
        {
            SortOperator.Equal => new KeyRange(Bound(all, sort.Value), Bound(all, sort.Value, after: true)),
            SortOperator.Less => new KeyRange(all.ToKey(), Bound(all, sort.Value)),
            SortOperator.LessOrEqual => new KeyRange(all.ToKey(), Bound(all, sort.Value, after: true)),
            SortOperator.Greater => new KeyRange(Bound(all, sort.Value, after: true), all.ToEnd()),
            SortOperator.GreaterOrEqual => new KeyRange(Bound(all, sort.Value), all.ToEnd()),
            SortOperator.Between => new KeyRange(Bound(all, sort.Value), Bound(all, sort.High!, after: true)),
            SortOperator.BeginsWith => Beginning(all, sort.Value),
            _ => throw new ArgumentOutOfRangeException(nameof(sort)),
        };
    }

    /// <summary>The items or entries of one of equal shares of all hashes.</summary>
    public static KeyRange Segment(TableState table, IndexState? index, int segment, int totalSegments) =>
        Slice(index?.Id ?? table.Id, index is not null, segment, totalSegments);

    /// <summary>The same, where only the id is known.</summary>
    public static KeyRange Slice(ulong id, bool isIndex, int segment, int totalSegments)
    {
        var all = isIndex ? Index(id) : Table(id);
        var begin = segment == 0 ? all.Begin : Cut(id, isIndex, segment, totalSegments);
        var end = segment == totalSegments - 1 ? all.End : Cut(id, isIndex, segment + 1, totalSegments);
        return new KeyRange(begin, end);
    }

    /// <summary>What tells an item from the others of its table: its key without the table's id.</summary>
    public static ReadOnlyMemory<byte> SuffixOf(Key itemKey) => itemKey.Bytes[(Items.Prefix.Bytes.Length + IdBytes)..];

    /// <summary>The key of the same item in another table, or in a backup.</summary>
    public static Key WithSuffix(ulong tableId, ReadOnlySpan<byte> suffix)
    {
        var table = Items.Key(tableId).Span;
        var key = new byte[table.Length + suffix.Length];
        table.CopyTo(key);
        suffix.CopyTo(key.AsSpan(table.Length));
        return new Key(key);
    }

    private static TupleBuilder StartPartition(TableState table, IndexState? index, AttributeValue partition, Span<byte> buffer)
    {
        var builder = new TupleBuilder(index is null ? Items : Entries, buffer);
        builder.Append(index?.Id ?? table.Id);
        AppendHash(ref builder, partition);
        return builder;
    }

    /// <param name="all">The beginning of the partition; what is appended here is no part of it afterwards.</param>
    private static KeyRange Beginning(TupleBuilder all, AttributeValue beginning)
    {
        Span<byte> bytes = stackalloc byte[MaxSortBytes];
        all.AppendBeginning(bytes[..Write(beginning, bytes)]);
        return new KeyRange(all.ToKey(), all.ToBeginningEnd());
    }

    /// <summary>Where a sort key's items or entries begin, or, when <paramref name="after"/>, where they end.</summary>
    private static Key Bound(TupleBuilder all, AttributeValue sort, bool after = false)
    {
        AppendSort(ref all, sort);
        return after ? all.ToEnd() : all.ToKey();
    }

    /// <summary>The first key of a share, by the first 8 bytes of the hashes.</summary>
    private static Key Cut(ulong id, bool isIndex, int segment, int totalSegments)
    {
        var builder = new TupleBuilder(isIndex ? Entries : Items, stackalloc byte[TransactionLimits.MaxKeyBytes]);
        builder.Append(id);
        var from = (ulong)(((UInt128)segment << 64) / (UInt128)totalSegments);
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, from);
        builder.AppendBeginning(bytes);
        return builder.ToKey();
    }

    private static bool TryFind(AttributeMap item, KeyAttribute attribute, [NotNullWhen(true)] out AttributeValue? value) =>
        item.TryGetValue(attribute.Name, out value) && value.Type == attribute.Type;

    private static void AppendHash(ref TupleBuilder builder, AttributeValue partition)
    {
        Span<byte> bytes = stackalloc byte[1 + MaxPartitionBytes];
        bytes[0] = (byte)partition.Type;
        var length = 1 + Write(partition, bytes[1..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..length], hash);
        builder.Append(hash[..HashBytes]);
    }

    private static void AppendSort(ref TupleBuilder builder, AttributeValue sort)
    {
        Span<byte> bytes = stackalloc byte[MaxSortBytes];
        builder.Append(bytes[..Write(sort, bytes)]);
    }

    private static int Write(AttributeValue value, Span<byte> bytes)
    {
        switch (value.Type)
        {
            case AttributeType.String:
                return Encoding.UTF8.GetBytes(value.Text, bytes);
            case AttributeType.Number:
                return value.Number.WriteKey(bytes);
            case AttributeType.Binary:
                value.Bytes.CopyTo(bytes);
                return value.Bytes.Length;
            default:
                throw new ArgumentException($"A value of the type {value.Type.Name} is no key.", nameof(value));
        }
    }
}
