using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;

/// <summary>What a condition compares.</summary>
internal abstract class Operand
{
    /// <summary>The type that the value has whatever the item is; null where the item decides.</summary>
    public virtual AttributeType? KnownType => null;

    /// <summary>The value in an item; null where there is none.</summary>
    public abstract AttributeValue? Value(AttributeMap item);
}

internal sealed class PathOperand(DocumentPath path) : Operand
{
    public DocumentPath Path { get; } = path;

    public override AttributeValue? Value(AttributeMap item) => Path.Find(item);
}

internal sealed class ConstantOperand(AttributeValue value) : Operand
{
    public AttributeValue Constant { get; } = value;

    public override AttributeType? KnownType => Constant.Type;

    public override AttributeValue? Value(AttributeMap item) => Constant;
}

/// <summary>The size of a value: characters of a text, bytes, or elements; null for a value that has none.</summary>
internal sealed class SizeOperand(Operand of) : Operand
{
    public override AttributeType? KnownType => AttributeType.Number;

    public override AttributeValue? Value(AttributeMap item) => of.Value(item) is { } value && Size(value) is { } size ? AttributeValue.Of(size) : null;

    private static int? Size(AttributeValue value) => value.Type switch
    {
        AttributeType.String => value.Text.Length,
        AttributeType.Binary => value.Bytes.Length,
        AttributeType.StringSet => value.Strings.Count,
        AttributeType.NumberSet => value.Numbers.Count,
        AttributeType.BinarySet => value.Binaries.Count,
        AttributeType.List => value.Items.Count,
        AttributeType.Map => value.Map.Count,
        _ => null,
    };
}

/// <summary>An operand that was wrong; the expression is refused before anything asks for its value.</summary>
internal sealed class NoOperand : Operand
{
    public static readonly NoOperand Instance = new();

    public override AttributeValue? Value(AttributeMap item) => null;
}
