using Petrel.Server.Services.DynamoDb.Model.Expressions.Conditions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>Makes a condition of its syntax with a request's names and values, and finds what is wrong with it.</summary>
internal sealed class ConditionBinder
{
    /// <summary>The whole expression's errors in the order in which the service says one of them.</summary>
    private static readonly BindError[] Order =
    [
        BindError.Limit, BindError.RedundantParentheses, BindError.UnknownFunction, BindError.MisusedFunction, BindError.Reserved, BindError.Condition,
    ];

    /// <summary>The order within one comparison or function.</summary>
    private static readonly BindError[] OrderInCondition =
        [BindError.UndefinedName, BindError.OperandCount, BindError.NotDistinct, BindError.Function];

    private readonly BindErrors _errors = new();
    private readonly PathBinder _paths;
    private readonly FunctionBinder _functions;
    private readonly OperandChecks _checks;

    public ConditionBinder(ExpressionScope scope)
    {
        _paths = new PathBinder(scope, _errors, BindError.UndefinedName);
        _checks = new OperandChecks(_errors);
        _functions = new FunctionBinder(_paths, _checks, _errors);
    }

    public IReadOnlyCollection<string> Attributes => _paths.Attributes;

    public IReadOnlyCollection<string> NestedAttributes => _paths.NestedAttributes;

    /// <exception cref="ExpressionException">The condition means nothing.</exception>
    public Condition Bind(ParsedCondition parsed)
    {
        if (parsed.HasRedundantParentheses)
        {
            _errors.Add(BindError.RedundantParentheses, "The expression has redundant parentheses;");
        }

        var condition = Bind(parsed.Root);
        _errors.ThrowFirst(Order);
        return condition;
    }

    private Condition Bind(ConditionSyntax syntax)
    {
        switch (syntax)
        {
            case JunctionSyntax junction:
                return new Junction(junction.IsAnd, Array.ConvertAll(junction.Parts, Bind));
            case NotSyntax not:
                return new Negation(Bind(not.Inner));
        }

        var condition = syntax switch
        {
            ComparisonSyntax comparison => Bind(comparison),
            BetweenSyntax between => Bind(between),
            InSyntax choice => Bind(choice),
            _ => _functions.Test(((TestSyntax)syntax).Function),
        };
        if (_errors.First(OrderInCondition) is { } message)
        {
            _errors.Add(BindError.Condition, message);
        }

        return condition;
    }

    private Comparison Bind(ComparisonSyntax syntax)
    {
        var (left, right) = (_functions.Operand(syntax.Left), _functions.Operand(syntax.Right));
        _checks.Distinct(syntax.Comparator.Text, [left, right]);
        if (syntax.Comparator.IsOrdering)
        {
            _checks.Ordered(syntax.Comparator.Text, [left, right]);
        }

        return new Comparison(syntax.Comparator, left, right);
    }

    private Between Bind(BetweenSyntax syntax)
    {
        var (value, low, high) = (_functions.Operand(syntax.Operand), _functions.Operand(syntax.Low), _functions.Operand(syntax.High));
        _checks.Bounds(low, high);
        _checks.Ordered("BETWEEN", [value, low, high]);
        return new Between(value, low, high);
    }

    private OneOfSeveral Bind(InSyntax syntax)
    {
        if (syntax.Choices.Length > ExpressionLimits.MaxInOperands)
        {
            _errors.Add(
                BindError.OperandCount,
                $"The IN operator is provided with too many operands; number of operands: {syntax.Choices.Length}");
        }

        return new OneOfSeveral(_functions.Operand(syntax.Operand), Array.ConvertAll(syntax.Choices, _functions.Operand));
    }
}
