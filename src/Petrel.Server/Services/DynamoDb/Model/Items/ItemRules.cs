using System.Text;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Wire;
using KeyAttribute = Petrel.Server.Services.DynamoDb.Model.Tables.KeyAttribute;

namespace Petrel.Server.Services.DynamoDb.Model.Items;

/// <summary>What keys and items of a table must be like, in the service's order and words. All failures are <c>ValidationException</c>s.</summary>
internal static class ItemRules
{
    private const int MaxPartitionBytes = 2_048;
    private const int MaxSortBytes = 1_024;
    private const string SchemaMismatch = "The provided key element does not match the schema";
    private const string Invalid = "One or more parameter values were invalid: ";
    private const string NoScalar = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ";
    private const string NotValid = "One or more parameter values are not valid. ";

    /// <summary>Exactly the key attributes, each of its type and size.</summary>
    public static void CheckKey(KeySchema keys, AttributeMap key)
    {
        if (key.Count != keys.Count)
        {
            throw CommonException.Validation(SchemaMismatch);
        }

        CheckKeyPart(keys.Partition, key, isSort: false);
        if (keys.Sort is { } sort)
        {
            CheckKeyPart(sort, key, isSort: true);
        }
    }

    /// <summary>The values of a condition on keys are such that keys could have them.</summary>
    public static void CheckCondition(KeySchema keys, KeyRange range)
    {
        CheckContent(keys.Partition, range.Partition, isSort: false);
        if (range.Sort is { } condition)
        {
            CheckContent(keys.Sort!, condition.Value, isSort: true);
            if (condition.High is { } high)
            {
                CheckContent(keys.Sort!, high, isSort: true);
            }
        }
    }

    /// <summary>The item has the table's key attributes, and those of indexes have their types where it has them.</summary>
    public static void CheckItem(TableState table, AttributeMap item)
    {
        CheckItemKey(table.Keys.Partition, item, isSort: false);
        if (table.Keys.Sort is { } sort)
        {
            CheckItemKey(sort, item, isSort: true);
        }

        foreach (var index in table.Indexes)
        {
            CheckIndexKey(index, index.Keys.Partition, item, isSort: false);
            if (index.Keys.Sort is { } indexSort)
            {
                CheckIndexKey(index, indexSort, item, isSort: true);
            }
        }
    }

    /// <summary>The item has key attributes of the right types.</summary>
    public static bool HasKey(KeySchema keys, AttributeMap item) =>
        item.TryGetValue(keys.Partition.Name, out var partition) && partition.Type == keys.Partition.Type
        && (keys.Sort is not { } sort || (item.TryGetValue(sort.Name, out var value) && value.Type == sort.Type));

    /// <summary>No key attribute of the right type is empty: what transactions say before anything else about their items.</summary>
    public static void CheckKeyIsFilled(KeySchema keys, AttributeMap item)
    {
        CheckIsFilled(keys.Partition, item);
        if (keys.Sort is { } sort)
        {
            CheckIsFilled(sort, item);
        }
    }

    /// <summary>An update leaves the key as it is.</summary>
    public static void CheckUpdate(TableState table, Update update)
    {
        foreach (var name in update.Attributes)
        {
            if (table.Keys.Find(name) is not null)
            {
                throw CommonException.Validation($"{Invalid}Cannot update attribute {name}. This attribute is part of the key");
            }
        }

        CheckScalars(table, update.NestedAttributes);
    }

    /// <summary>No expression looks inside a key attribute of the table or of an index.</summary>
    /// <param name="nested">The attributes inside which it looks.</param>
    public static void CheckScalars(TableState table, IReadOnlyCollection<string>? nested)
    {
        if (nested is not { Count: > 0 })
        {
            return;
        }

        foreach (var name in nested)
        {
            if (table.Keys.Find(name) is not null)
            {
                throw CommonException.Validation($"{NoScalar}Key: {name}");
            }

            foreach (var index in table.Indexes)
            {
                if (index.Keys.Find(name) is not null)
                {
                    throw CommonException.Validation($"{NoScalar}IndexKey: {name}");
                }
            }
        }
    }

    /// <summary>The keys of indexes have their types in an item that an update made.</summary>
    public static void CheckUpdated(TableState table, Update update, AttributeMap item)
    {
        foreach (var index in table.Indexes)
        {
            CheckUpdatedKey(index.Keys.Partition, update, item, isSort: false);
            if (index.Keys.Sort is { } sort)
            {
                CheckUpdatedKey(sort, update, item, isSort: true);
            }
        }
    }

    private static void CheckKeyPart(KeyAttribute attribute, AttributeMap key, bool isSort)
    {
        if (!key.TryGetValue(attribute.Name, out var value) || value.Type != attribute.Type)
        {
            throw CommonException.Validation(SchemaMismatch);
        }

        CheckContent(attribute, value, isSort);
    }

    private static void CheckItemKey(KeyAttribute attribute, AttributeMap item, bool isSort)
    {
        if (!item.TryGetValue(attribute.Name, out var value))
        {
            throw CommonException.Validation($"{Invalid}Missing the key {attribute.Name} in the item");
        }

        if (value.Type != attribute.Type)
        {
            throw CommonException.Validation(
                $"{Invalid}Type mismatch for key {attribute.Name} expected: {attribute.Type.Name} actual: {value.Type.Name}");
        }

        CheckContent(attribute, value, isSort);
    }

    private static void CheckContent(KeyAttribute attribute, AttributeValue value, bool isSort)
    {
        var size = SizeOf(value);
        if (size == 0)
        {
            throw Empty(attribute, value);
        }

        CheckSize(size, isSort);
    }

    private static void CheckIsFilled(KeyAttribute attribute, AttributeMap item)
    {
        if (item.TryGetValue(attribute.Name, out var value) && value.Type == attribute.Type && SizeOf(value) == 0)
        {
            throw Empty(attribute, value);
        }
    }

    private static CommonException Empty(KeyAttribute attribute, AttributeValue value) => CommonException.Validation(
        $"{NotValid}The AttributeValue for a key attribute cannot contain an empty {KindOf(value)} value. Key: {attribute.Name}");

    private static void CheckIndexKey(IndexState index, KeyAttribute attribute, AttributeMap item, bool isSort)
    {
        if (!item.TryGetValue(attribute.Name, out var value))
        {
            return;
        }

        if (value.Type != attribute.Type)
        {
            throw CommonException.Validation(
                $"{Invalid}Type mismatch for Index Key {attribute.Name} Expected: {attribute.Type.Name} Actual: {value.Type.Name}"
                + $" IndexName: {index.Name}");
        }

        var size = SizeOf(value);
        if (size == 0)
        {
            throw CommonException.Validation(
                $"{NotValid}A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain"
                + $" an empty {KindOf(value)} value. IndexName: {index.Name}, IndexKey: {attribute.Name}");
        }

        CheckSize(size, isSort);
    }

    private static void CheckUpdatedKey(KeyAttribute attribute, Update update, AttributeMap item, bool isSort)
    {
        if (!update.Attributes.Contains(attribute.Name) || !item.TryGetValue(attribute.Name, out var value))
        {
            return;
        }

        if (value.Type != attribute.Type)
        {
            throw CommonException.Validation("The update expression attempted to update the secondary index key to unsupported type");
        }

        var size = SizeOf(value);
        if (size == 0)
        {
            throw CommonException.Validation(
                $"{NotValid}The update expression attempted to update a secondary index key to a value that is not supported."
                + $" The AttributeValue for a key attribute cannot contain an empty {KindOf(value)} value.");
        }

        CheckSize(size, isSort);
    }

    private static void CheckSize(int size, bool isSort)
    {
        if (!isSort && size > MaxPartitionBytes)
        {
            throw CommonException.Validation($"{Invalid}Size of hashkey has exceeded the maximum size limit of{MaxPartitionBytes} bytes");
        }

        if (isSort && size > MaxSortBytes)
        {
            throw CommonException.Validation(
                $"{Invalid}Aggregated size of all range keys has exceeded the size limit of {MaxSortBytes} bytes");
        }
    }

    /// <summary>Numbers are always short enough.</summary>
    private static int SizeOf(AttributeValue value) => value.Type switch
    {
        AttributeType.String => Encoding.UTF8.GetByteCount(value.Text),
        AttributeType.Binary => value.Bytes.Length,
        _ => 1,
    };

    private static string KindOf(AttributeValue value) => value.Type == AttributeType.String ? "string" : "binary";
}
