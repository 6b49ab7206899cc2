using System.Text.Json;
using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

/// <summary>
/// One value of an attribute: immutable, of one of the ten types. What a client sent wrongly is a value too, with a <see cref="Problem"/>,
/// because the service says such things only after its other checks of a request; the operation decides when.
/// </summary>
public sealed partial class AttributeValue : IJsonValue<AttributeValue>, IEquatable<AttributeValue>
{
    private static readonly AttributeValue True = new(AttributeType.Boolean, new object());
    private static readonly AttributeValue False = new(AttributeType.Boolean, null);

    /// <summary>The content: a text, bytes, a boxed number, an array of one of these, a map, a list; null for NULL and false.</summary>
    private readonly object? _content;

    private AttributeValue(AttributeType type, object? content, string? problem = null)
    {
        Type = type;
        _content = content;
        Problem = problem;
    }

    /// <summary>The NULL value.</summary>
    public static AttributeValue Null { get; } = new(AttributeType.Null, null);

    public AttributeType Type { get; }

    /// <summary>What is wrong with the value or with a value inside it, in the service's words; null for a good one.</summary>
    public string? Problem { get; }

    /// <summary>The text of a string.</summary>
    public string Text => (string)_content!;

    public DynamoNumber Number => (DynamoNumber)_content!;

    /// <summary>The bytes of a binary.</summary>
    public byte[] Bytes => (byte[])_content!;

    public IReadOnlyList<string> Strings => (string[])_content!;

    public IReadOnlyList<DynamoNumber> Numbers => (DynamoNumber[])_content!;

    public IReadOnlyList<byte[]> Binaries => (byte[][])_content!;

    public AttributeMap Map => (AttributeMap)_content!;

    /// <summary>The elements of a list.</summary>
    public IReadOnlyList<AttributeValue> Items => (AttributeValue[])_content!;

    /// <summary>The value of a boolean.</summary>
    public bool Flag => _content is not null;

    public static AttributeValue Of(string text) => new(AttributeType.String, text);

    public static AttributeValue Of(DynamoNumber number) => new(AttributeType.Number, number);

    public static AttributeValue Of(long number) => Of(DynamoNumber.Of(number));

    public static AttributeValue Of(byte[] bytes) => new(AttributeType.Binary, bytes);

    public static AttributeValue Of(bool flag) => flag ? True : False;

    public static AttributeValue Of(AttributeMap map) => new(AttributeType.Map, map, map.Problem);

    public static AttributeValue Of(params AttributeValue[] items) => new(AttributeType.List, items, FirstProblem(items));

    /// <summary>A set of texts, none of them twice.</summary>
    public static AttributeValue Of(string[] strings) => new(AttributeType.StringSet, strings);

    /// <summary>A set of numbers, none of them twice.</summary>
    public static AttributeValue Of(DynamoNumber[] numbers) => new(AttributeType.NumberSet, numbers);

    /// <summary>A set of binaries, none of them twice.</summary>
    public static AttributeValue Of(byte[][] binaries) => new(AttributeType.BinarySet, binaries);

    private static string? FirstProblem(AttributeValue[] items)
    {
        foreach (var item in items)
        {
            if (item.Problem is { } problem)
            {
                return problem;
            }
        }

        return null;
    }
}
