using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Conditions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>Reads a condition as one or two terms on keys, joined by AND, and says which of its parts keys cannot serve.</summary>
internal sealed class KeyTermReader
{
    private const string Invalid = "Invalid condition in KeyConditionExpression: ";

    private readonly List<KeyTerm> _terms = [];

    public KeyTermReader(Condition condition)
    {
        Read(condition);
        if (Problem is null && _terms.Count is not (1 or 2))
        {
            Problem = "Conditions can be of length 1 or 2 only";
        }
    }

    public IReadOnlyList<KeyTerm> Terms => _terms;

    public string? Problem { get; private set; }

    private void Read(Condition condition)
    {
        switch (condition)
        {
            case Junction { IsAnd: true } junction:
                foreach (var part in junction.Parts)
                {
                    Read(part);
                }

                break;
            case Comparison comparison:
                Read(comparison);
                break;
            case Between between:
                Read(between);
                break;
            case PrefixTest prefix:
                Read(prefix);
                break;
            default:
                Fail($"Invalid operator used in KeyConditionExpression: {Name(condition)}");
                break;
        }
    }

    private void Read(Comparison comparison)
    {
        if (comparison.Comparator == Comparator.NotEqual)
        {
            Fail("Invalid operator used in KeyConditionExpression: <>");
            return;
        }

        var isTurned = comparison.Left is not PathOperand && comparison.Right is PathOperand;
        var (left, right) = isTurned ? (comparison.Right, comparison.Left) : (comparison.Left, comparison.Right);
        Add(left, Operator(comparison.Comparator, isTurned), right);
    }

    private void Read(Between between)
    {
        if (between.Value is not PathOperand)
        {
            Fail($"{Invalid}BETWEEN operator must have the key attribute as its first operand");
            return;
        }

        Add(between.Value, SortOperator.Between, between.Low, between.High);
    }

    private void Read(PrefixTest prefix)
    {
        if (prefix.Value is not PathOperand)
        {
            Fail($"{Invalid}begins_with operator must have the key attribute as its first operand");
            return;
        }

        Add(prefix.Value, SortOperator.BeginsWith, prefix.Prefix);
    }

    private void Add(Operand key, SortOperator @operator, params ReadOnlySpan<Operand> operands)
    {
        if (key is PathOperand { Path.IsNested: true })
        {
            Fail("KeyConditionExpressions cannot have conditions on nested attributes");
            return;
        }

        var values = new List<AttributeValue>(2);
        foreach (var operand in operands)
        {
            switch (operand)
            {
                case ConstantOperand constant:
                    values.Add(constant.Constant);
                    break;
                case PathOperand:
                    Fail($"{Invalid}Multiple attribute names used in one condition");
                    return;
                default:
                    Fail("KeyConditionExpressions cannot contain nested operations");
                    return;
            }
        }

        switch (key)
        {
            case PathOperand { Path.Attribute: var name } when _terms.Exists(term => term.Attribute == name):
                Fail("KeyConditionExpressions must only contain one condition per key");
                break;
            case PathOperand { Path.Attribute: var name }:
                _terms.Add(new KeyTerm(name, @operator, [.. values]));
                break;
            case ConstantOperand:
                Fail($"{Invalid}No key attribute specified");
                break;
            default:
                Fail("KeyConditionExpressions cannot contain nested operations");
                break;
        }
    }

    private void Fail(string problem) => Problem ??= problem;

    public static SortOperator Operator(Comparator comparator, bool isTurned) => comparator switch
    {
        Comparator.Less => isTurned ? SortOperator.Greater : SortOperator.Less,
        Comparator.LessOrEqual => isTurned ? SortOperator.GreaterOrEqual : SortOperator.LessOrEqual,
        Comparator.Greater => isTurned ? SortOperator.Less : SortOperator.Greater,
        Comparator.GreaterOrEqual => isTurned ? SortOperator.LessOrEqual : SortOperator.GreaterOrEqual,
        _ => SortOperator.Equal,
    };

    private static string Name(Condition condition) => condition switch
    {
        Junction => "OR",
        Negation => "NOT",
        OneOfSeveral => "IN",
        Existence { IsWanted: true } => "attribute_exists",
        Existence => "attribute_not_exists",
        TypeTest => "attribute_type",
        _ => "contains",
    };
}
