namespace Petrel.Aws.DynamoDb;

/// <summary>What the service says about attribute values that break a rule.</summary>
internal static class AttributeProblems
{
    public const string Empty = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
    public const string Many =
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";
    public const string NotNull = "One or more parameter values were invalid: Null attribute value types must have the value of true";
    public const string LongName = "One or more parameter values were invalid: Attribute name is too large, must be at most 65535 bytes";
    public const string TooDeep =
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";

    /// <summary>The order of the types in the service's model, in which it looks at a value that has several.</summary>
    public static int Rank(AttributeType type) => type switch
    {
        AttributeType.String => 0,
        AttributeType.Binary => 1,
        AttributeType.Number => 2,
        AttributeType.Boolean => 3,
        AttributeType.Null => 4,
        AttributeType.BinarySet => 5,
        AttributeType.NumberSet => 6,
        AttributeType.StringSet => 7,
        AttributeType.List => 8,
        _ => 9,
    };
}
