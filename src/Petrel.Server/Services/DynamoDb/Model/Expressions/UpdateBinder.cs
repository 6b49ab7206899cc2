using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Updates;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>Makes an update of its syntax with a request's names and values, and finds what is wrong with it.</summary>
internal sealed class UpdateBinder
{
    private static readonly BindError[] Order =
    [
        BindError.Limit, BindError.Reserved, BindError.UnknownFunction, BindError.Section, BindError.UndefinedName, BindError.UndefinedValue,
        BindError.PathOverlap, BindError.PathConflict, BindError.OperandType, BindError.Function,
    ];

    private readonly BindErrors _errors = new();
    private readonly PathTree<UpdateStep> _tree = new();
    private readonly List<DocumentPath> _targets = [];
    private readonly List<SetStep> _assignments = [];
    private readonly PathBinder _paths;
    private readonly PathBinder _operandPaths;

    public UpdateBinder(ExpressionScope scope)
    {
        _paths = new PathBinder(scope, _errors);
        _operandPaths = new PathBinder(scope, _errors);
    }

    /// <exception cref="ExpressionException">The update means nothing.</exception>
    public Update Bind(ParsedUpdate parsed)
    {
        var seen = new HashSet<UpdateKind>();
        foreach (var section in parsed.Sections)
        {
            foreach (var action in section.Actions)
            {
                Bind(action);
            }

            if (!seen.Add(section.Kind))
            {
                _errors.Add(
                    BindError.Section,
                    $"The \"{section.Kind.ToString().ToUpperInvariant()}\" section can only be used once in an update expression;");
            }
        }

        _errors.ThrowFirst(Order);
        return new Update(_tree, _targets, _paths.Attributes)
        {
            Assignments = _assignments,
            NestedAttributes = [.. _paths.NestedAttributes.Union(_operandPaths.NestedAttributes)],
        };
    }

    private void Bind(UpdateActionSyntax action)
    {
        var path = _paths.Bind(action.Path);
        var step = action.Kind switch
        {
            UpdateKind.Set => new SetStep(Value(action.Value!)),
            UpdateKind.Remove => RemoveStep.Instance,
            _ => Members(action.Kind, (ValueSyntax)action.Value!),
        };
        if (path is not null && step is not null)
        {
            _targets.Add(path);
            PathCollisions.Add(_tree, path, step, _errors);
            if (step is SetStep assignment)
            {
                _assignments.Add(assignment);
            }
        }
    }

    private UpdateStep? Members(UpdateKind kind, ValueSyntax syntax)
    {
        if (_paths.Bind(syntax) is not { } value)
        {
            return null;
        }

        var isAdd = kind == UpdateKind.Add;
        if (!value.Type.IsSet && !(isAdd && value.Type == AttributeType.Number))
        {
            _errors.Add(
                BindError.OperandType,
                "Incorrect operand type for operator or function; "
                + $"operator: {(isAdd ? "ADD" : "DELETE")}, operand type: {LongName(value.Type)}");
        }

        return isAdd ? new AddStep(value) : new DeleteStep(value);
    }

    private UpdateValue Value(OperandSyntax syntax) => syntax switch
    {
        PathSyntax path => _operandPaths.Bind(path) is { } bound ? new AssignedPath(bound) : NoUpdateValue.Instance,
        ValueSyntax value => _paths.Bind(value) is { } bound ? new AssignedConstant(bound) : NoUpdateValue.Instance,
        ArithmeticSyntax sum => Sum(sum),
        _ => Function((FunctionSyntax)syntax),
    };

    private AssignedSum Sum(ArithmeticSyntax syntax)
    {
        var (left, right) = (Value(syntax.Left), Value(syntax.Right));
        CheckConstants(syntax.IsSum ? "+" : "-", AttributeType.Number, [left, right]);
        return new AssignedSum(syntax.IsSum, left, right);
    }

    private UpdateValue Function(FunctionSyntax syntax)
    {
        var arguments = Array.ConvertAll(syntax.Arguments, Value);
        if (syntax.Name is not ("if_not_exists" or "list_append"))
        {
            _errors.Add(BindError.UnknownFunction, $"Invalid function name; function: {syntax.Name}");
            return NoUpdateValue.Instance;
        }

        if (arguments.Length != 2)
        {
            _errors.Add(
                BindError.Function,
                "Incorrect number of operands for operator or function; "
                + $"operator or function: {syntax.Name}, number of operands: {arguments.Length}");
            return NoUpdateValue.Instance;
        }

        if (syntax.Name == "list_append")
        {
            CheckConstants(syntax.Name, AttributeType.List, arguments);
            return new AssignedLists(arguments[0], arguments[1]);
        }

        if (arguments[0] is AssignedPath { Path: var path })
        {
            return new AssignedDefault(path, arguments[1]);
        }

        if (syntax.Arguments[0] is not PathSyntax)
        {
            _errors.Add(BindError.Function, $"Operator or function requires a document path; operator or function: {syntax.Name}");
        }

        return NoUpdateValue.Instance;
    }

    private void CheckConstants(string name, AttributeType wanted, ReadOnlySpan<UpdateValue> values)
    {
        foreach (var value in values)
        {
            if (value is AssignedConstant && value.KnownType is { } type && type != wanted)
            {
                _errors.Add(
                    BindError.Function,
                    $"Incorrect operand type for operator or function; operator or function: {name}, operand type: {type.Name}");
                return;
            }
        }
    }

    private static string LongName(AttributeType type) => type switch
    {
        AttributeType.String => "STRING",
        AttributeType.Number => "NUMBER",
        AttributeType.Binary => "BINARY",
        AttributeType.Boolean => "BOOLEAN",
        AttributeType.List => "LIST",
        AttributeType.Map => "MAP",
        _ => "NULL",
    };
}
