using CsCheck;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;
using Petrel.Tests.DynamoDb.Values;

namespace Petrel.Tests.DynamoDb.Expressions;

/// <summary>Conditions that mean something, items to try them on, and a second evaluation, which does nothing cleverly.</summary>
internal static class RandomConditions
{
    public static readonly AttributeMap Values = Attributes.Read("""{":n1":{"N":"1"},":n2":{"N":"2"},":n3":{"N":"10"},":s1":{"S":"a"},":s2":{"S":"ab"},":s3":{"S":"b"},":N":{"S":"N"},":SS":{"S":"SS"}}""");

    private static readonly Gen<OperandSyntax> LeftPath = Gen.OneOf<string>("a", "b", "m.x", "m.l[1]", "l[0]").Select(Path);
    private static readonly Gen<OperandSyntax> RightPath = Gen.OneOf<string>("c", "d", "m.y", "l[1]", "nope").Select(Path);
    private static readonly Gen<OperandSyntax> Constant = Gen.OneOf<string>(":n1", ":n2", ":n3", ":s1", ":s2", ":s3").Select(name => (OperandSyntax)new ValueSyntax(name));
    private static readonly Gen<OperandSyntax> Right = Gen.OneOf(RightPath, Constant);
    private static readonly Gen<OperandSyntax> Left = Gen.Frequency((4, LeftPath), (1, LeftPath.Select(path => (OperandSyntax)new FunctionSyntax("size", [path]))));

    private static readonly Gen<ConditionSyntax> Simple = Gen.OneOf<ConditionSyntax>(
        Gen.Select(Gen.Enum<Comparator>(), Left, Right).Select((comparator, left, right) => (ConditionSyntax)new ComparisonSyntax(comparator, left, right)),
        Gen.Select(Left, RightPath, Constant).Select((value, low, high) => (ConditionSyntax)new BetweenSyntax(value, low, high)),
        Gen.Select(Left, Right.Array[1, 4]).Select((value, choices) => (ConditionSyntax)new InSyntax(value, choices)),
        Gen.Select(Gen.OneOf<string>("attribute_exists", "attribute_not_exists"), LeftPath).Select((name, path) => Test(name, path)),
        Gen.Select(LeftPath, Gen.OneOf<string>(":N", ":SS")).Select((path, type) => Test("attribute_type", path, new ValueSyntax(type))),
        Gen.Select(LeftPath, Gen.OneOf<string>(":s1", ":s2")).Select((path, prefix) => Test("begins_with", path, new ValueSyntax(prefix))),
        Gen.Select(LeftPath, Right).Select((path, part) => Test("contains", path, part)));

    private static readonly Gen<AttributeValue> SmallValue = Gen.OneOf(
        Gen.OneOf<long>(1, 2, 3, 10).Select(AttributeValue.Of),
        Gen.OneOf<string>("", "a", "ab", "abc", "b").Select(AttributeValue.Of),
        Gen.OneOf<string>("a", "b", "ab").Array[1, 3].Select(texts => AttributeValue.Of(texts.Distinct().ToArray())),
        Gen.Const(AttributeValue.Null));

    public static readonly Gen<AttributeMap> AnyItem = Gen.Select(SmallValue.Array[0, 4], SmallValue.Array[0, 3], SmallValue.Array[0, 3]).Select(
        (top, list, inner) =>
        {
            var builder = new AttributeMapBuilder();
            for (var i = 0; i < top.Length; i++)
            {
                builder.Set($"{"abcd"[i]}", top[i]);
            }

            var map = new AttributeMapBuilder().Set("l", AttributeValue.Of(inner));
            if (inner.Length > 0)
            {
                map.Set("x", inner[0]).Set("y", inner[^1]);
            }

            return builder.Set("l", AttributeValue.Of(list)).Set("m", AttributeValue.Of(map.Build())).Build();
        });

    public static Gen<ConditionSyntax> Any(int depth = 3) => depth == 0 ? Simple : Gen.Frequency(
        (3, Simple),
        (2, Gen.Select(Gen.Bool, Any(depth - 1).Array[2, 3]).Select((isAnd, parts) => (ConditionSyntax)new JunctionSyntax(isAnd, parts))),
        (1, Any(depth - 1).Select(inner => (ConditionSyntax)new NotSyntax(inner))));

    public static bool Holds(ConditionSyntax condition, AttributeMap item) => condition switch
    {
        JunctionSyntax { IsAnd: true } and => and.Parts.All(part => Holds(part, item)),
        JunctionSyntax or => or.Parts.Any(part => Holds(part, item)),
        NotSyntax not => !Holds(not.Inner, item),
        ComparisonSyntax comparison => Compare(comparison.Comparator, Value(comparison.Left, item), Value(comparison.Right, item)),
        BetweenSyntax between => Compare(Comparator.GreaterOrEqual, Value(between.Operand, item), Value(between.Low, item))
            && Compare(Comparator.LessOrEqual, Value(between.Operand, item), Value(between.High, item)),
        InSyntax choice => choice.Choices.Any(c => Compare(Comparator.Equal, Value(choice.Operand, item), Value(c, item))),
        _ => Test(((TestSyntax)condition).Function, item),
    };

    private static bool Test(FunctionSyntax function, AttributeMap item)
    {
        var first = Value(function.Arguments[0], item);
        var second = function.Arguments.Length > 1 ? Value(function.Arguments[1], item) : null;
        return function.Name switch
        {
            "attribute_exists" => first is not null,
            "attribute_not_exists" => first is null,
            "attribute_type" => first is not null && first.Type.Name == second!.Text,
            "begins_with" => first?.Type == AttributeType.String && first.Text.StartsWith(second!.Text, StringComparison.Ordinal),
            _ => first is not null && second is not null && Parts(first, second),
        };
    }

    private static bool Parts(AttributeValue container, AttributeValue part) => container.Type switch
    {
        AttributeType.String => part.Type == AttributeType.String && container.Text.IndexOf(part.Text, StringComparison.Ordinal) >= 0,
        AttributeType.StringSet => part.Type == AttributeType.String && container.Strings.Any(text => text == part.Text),
        AttributeType.List => container.Items.Any(item => Compare(Comparator.Equal, item, part)),
        _ => false,
    };

    private static bool Compare(Comparator comparator, AttributeValue? left, AttributeValue? right)
    {
        var isEqual = left is not null && right is not null && left.ToString() == right.ToString();
        if (comparator is Comparator.Equal or Comparator.NotEqual)
        {
            return isEqual == (comparator == Comparator.Equal);
        }

        if (left is null || right is null || left.Type != right.Type || left.Type is not (AttributeType.Number or AttributeType.String))
        {
            return false;
        }

        var order = left.Type == AttributeType.Number
            ? decimal.Parse(left.Number.ToString()).CompareTo(decimal.Parse(right.Number.ToString()))
            : string.CompareOrdinal(left.Text, right.Text);
        return comparator switch
        {
            Comparator.Less => order < 0,
            Comparator.LessOrEqual => order <= 0,
            Comparator.Greater => order > 0,
            _ => order >= 0,
        };
    }

    private static AttributeValue? Value(OperandSyntax operand, AttributeMap item)
    {
        switch (operand)
        {
            case ValueSyntax value:
                return Values[value.Name];
            case FunctionSyntax size:
                return Value(size.Arguments[0], item) is { } of && Size(of) is { } count ? AttributeValue.Of(count) : null;
        }

        var found = AttributeValue.Of(item);
        foreach (var part in ((PathSyntax)operand).Parts)
        {
            found = part.Name is null
                ? found?.Type == AttributeType.List ? found.Items.ElementAtOrDefault(part.Index) : null
                : found?.Type == AttributeType.Map ? found.Map.FirstOrDefault(entry => entry.Key == part.Name).Value : null;
        }

        return found;
    }

    private static int? Size(AttributeValue value) => value.Type switch
    {
        AttributeType.String => value.Text.Length,
        AttributeType.StringSet => value.Strings.Count,
        AttributeType.List => value.Items.Count,
        AttributeType.Map => value.Map.Count,
        _ => null,
    };

    private static ConditionSyntax Test(string name, params OperandSyntax[] arguments) => new TestSyntax(new FunctionSyntax(name, arguments));

    private static OperandSyntax Path(string text) => ProjectionParser.Parse(text)[0];
}
