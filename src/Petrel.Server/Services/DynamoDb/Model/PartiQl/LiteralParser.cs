using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

/// <summary>Literals: texts, numbers, true, false, null, lists, tuples and bags, with parameters inside them.</summary>
internal sealed class LiteralParser(StatementReader reader)
{
    private const int MaxDepth = 32;

    /// <summary>Where a literal or a parameter stands; where neither does, null.</summary>
    /// <param name="place">How errors of numbers name the place: <c>root</c>, <c>root.x</c>, <c>root[1]</c>.</param>
    public AttributeValue? TryRead(string place = "root") => TryRead(place, 1);

    /// <summary>The item of an INSERT.</summary>
    public AttributeMap Item()
    {
        if (reader.Token.Kind == StatementTokenKind.Parameter)
        {
            var parameter = reader.TakeParameter();
            return parameter.Type == AttributeType.Map ? parameter.Map : throw StatementError.Of("Unsupported data type in INSERT: the value must be a tuple");
        }

        return reader.Token.IsSymbol("{") ? Tuple("root", isItem: true, 0) : throw StatementError.Malformed("Expected a tuple in VALUE");
    }

    private AttributeValue? TryRead(string place, int depth)
    {
        var token = reader.Token;
        switch (token.Kind)
        {
            case StatementTokenKind.Parameter:
                return reader.TakeParameter();
            case StatementTokenKind.Text:
                return AttributeValue.Of(reader.Take().Value);
            case StatementTokenKind.Number:
                return Number(reader.Take().Value, place);
            case StatementTokenKind.Symbol when token.Value is "-" or "+" && reader.Following.Kind == StatementTokenKind.Number:
                reader.Take();
                return Number((token.Value == "-" ? "-" : "") + reader.Take().Value, place);
            case StatementTokenKind.Symbol:
                return Container(token.Value, place, depth);
            case StatementTokenKind.Word:
                return Constant(token);
            default:
                return null;
        }
    }

    private AttributeValue? Constant(StatementToken token)
    {
        var value = token.IsWord("TRUE") ? AttributeValue.Of(true)
            : token.IsWord("FALSE") ? AttributeValue.Of(false)
            : token.IsWord("NULL") ? AttributeValue.Null
            : null;
        if (value is not null)
        {
            reader.Take();
        }

        return value;
    }

    private AttributeValue? Container(string symbol, string place, int depth)
    {
        if (symbol is not ("[" or "{" or "<<"))
        {
            return null;
        }

        if (depth > MaxDepth)
        {
            throw StatementError.Of(
                "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit");
        }

        return symbol switch
        {
            "[" => AttributeValue.Of([.. Elements("[", "]", place, depth)]),
            "{" => AttributeValue.Of(Tuple(place, isItem: false, depth)),
            _ => Bag(Elements("<<", ">>", place, depth)),
        };
    }

    private List<AttributeValue> Elements(string open, string close, string place, int depth)
    {
        reader.Expect(open, "Unexpected term");
        var elements = new List<AttributeValue>();
        if (reader.TrySkip(close))
        {
            return elements;
        }

        do
        {
            elements.Add(Value($"{place}[{elements.Count}]", depth + 1));
        }
        while (reader.TrySkip(","));
        reader.Expect(close, "Expected a comma or the end of the collection");
        return elements;
    }

    private AttributeMap Tuple(string place, bool isItem, int depth)
    {
        reader.Expect("{", "Unexpected term");
        var builder = new AttributeMapBuilder();
        if (reader.TrySkip("}"))
        {
            return builder.Build();
        }

        do
        {
            var name = reader.Take();
            if (name.Kind is not (StatementTokenKind.Text or StatementTokenKind.QuotedName))
            {
                throw StatementError.Malformed("Expected a text as the name of a tuple's member");
            }

            reader.Expect(":", "Expected a colon in a tuple");
            builder.Set(name.Value, Value(isItem ? place : $"{place}.{name.Value}", depth + 1));
        }
        while (reader.TrySkip(","));
        reader.Expect("}", "Expected a comma or the end of the tuple");
        return builder.Build();
    }

    private AttributeValue Value(string place, int depth)
    {
        var token = reader.Token;
        return TryRead(place, depth) ?? throw (token.Kind == StatementTokenKind.Word && reader.Following.IsSymbol("(")
            ? StatementError.Of($"Unsupported data type: {token.Value} under key {place} at {token.Position}")
            : StatementError.Malformed("Unexpected term"));
    }

    /// <summary>Sets are of one type, and nothing is in them twice.</summary>
    private static AttributeValue Bag(List<AttributeValue> elements)
    {
        if (elements.Count == 0)
        {
            throw StatementError.Of("Empty bags are not supported");
        }

        var type = elements[0].Type;
        if (!type.IsScalarKey || elements.Exists(element => element.Type != type))
        {
            throw StatementError.Of("Unsupported data type: bags hold texts, numbers or binaries, and all of one type");
        }

        if (elements.Distinct().Count() != elements.Count)
        {
            throw StatementError.Of(type == AttributeType.String
                ? $"One or more parameter values were invalid: Input collection [{string.Join(", ", elements.Select(e => e.Text))}] contains duplicates."
                : "Input collection contains duplicates");
        }

        return type switch
        {
            AttributeType.String => AttributeValue.Of(elements.ConvertAll(element => element.Text).ToArray()),
            AttributeType.Number => AttributeValue.Of(elements.ConvertAll(element => element.Number).ToArray()),
            _ => AttributeValue.Of(elements.ConvertAll(element => element.Bytes).ToArray()),
        };
    }

    private static AttributeValue Number(string text, string place)
    {
        var exponent = text.IndexOfAny(['e', 'E']);
        if (exponent >= 0 && !int.TryParse(text.AsSpan(exponent + 1), out _))
        {
            throw StatementError.Malformed();
        }

        return DynamoNumber.TryParse(text, out var number, out var problem)
            ? AttributeValue.Of(number)
            : throw StatementError.Of($"{problem} under {place}");
    }
}
