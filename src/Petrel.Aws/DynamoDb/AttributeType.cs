namespace Petrel.Aws.DynamoDb;

/// <summary>The types of attribute values; the first three may be keys.</summary>
public enum AttributeType : byte
{
    String,
    Number,
    Binary,
    StringSet,
    NumberSet,
    BinarySet,
    Map,
    List,
    Null,
    Boolean,
}
