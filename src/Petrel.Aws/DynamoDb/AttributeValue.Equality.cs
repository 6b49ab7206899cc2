namespace Petrel.Aws.DynamoDb;

public sealed partial class AttributeValue
{
    /// <summary>Equal as the service compares: the same type, numbers by value, sets without order, lists and maps deeply.</summary>
    public bool Equals(AttributeValue? other) => ReferenceEquals(this, other) || (other is not null && Type == other.Type && Type switch
    {
        AttributeType.String => Text == other.Text,
        AttributeType.Number => Number == other.Number,
        AttributeType.Binary => Bytes.AsSpan().SequenceEqual(other.Bytes),
        AttributeType.StringSet => Strings.Count == other.Strings.Count && new HashSet<string>(Strings).SetEquals(other.Strings),
        AttributeType.NumberSet => Numbers.Count == other.Numbers.Count && new HashSet<DynamoNumber>(Numbers).SetEquals(other.Numbers),
        AttributeType.BinarySet => Binaries.Count == other.Binaries.Count
            && new HashSet<byte[]>(Binaries, BytesComparer.Instance).SetEquals(other.Binaries),
        AttributeType.Map => Map.Equals(other.Map),
        AttributeType.List => EqualLists((AttributeValue[])_content!, (AttributeValue[])other._content!),
        AttributeType.Boolean => Flag == other.Flag,
        _ => true,
    });

    public override bool Equals(object? obj) => Equals(obj as AttributeValue);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Type);
        switch (Type)
        {
            case AttributeType.String:
                hash.Add(Text);
                break;
            case AttributeType.Number:
                hash.Add(Number);
                break;
            case AttributeType.Binary:
                hash.AddBytes(Bytes);
                break;
            case AttributeType.StringSet:
                hash.Add(Strings.Count);
                break;
            case AttributeType.NumberSet:
                hash.Add(Numbers.Count);
                break;
            case AttributeType.BinarySet:
                hash.Add(Binaries.Count);
                break;
            case AttributeType.Map:
                hash.Add(Map.Count);
                break;
            case AttributeType.List:
                foreach (var item in Items)
                {
                    hash.Add(item);
                }

                break;
            case AttributeType.Boolean:
                hash.Add(Flag);
                break;
        }

        return hash.ToHashCode();
    }

    private static bool EqualLists(AttributeValue[] left, AttributeValue[] right) => left.AsSpan().SequenceEqual(right);
}

/// <summary>Binaries by their bytes.</summary>
public sealed class BytesComparer : IEqualityComparer<byte[]>
{
    public static readonly BytesComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj)
    {
        var hash = new HashCode();
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
