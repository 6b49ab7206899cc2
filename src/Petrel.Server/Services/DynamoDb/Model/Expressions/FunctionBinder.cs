using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Conditions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>The functions of conditions, and the operands of comparisons.</summary>
internal sealed class FunctionBinder(PathBinder paths, OperandChecks checks, BindErrors errors)
{
    private const string Size = "size";

    /// <summary>A function that is a condition in its own right.</summary>
    public Condition Test(FunctionSyntax syntax)
    {
        var arguments = Array.ConvertAll(syntax.Arguments, Operand);
        if (syntax.Name == Size)
        {
            Misused(Size);
        }

        if (!HasCount(syntax.Name, arguments.Length))
        {
            return NoCondition.Instance;
        }

        checks.Distinct(syntax.Name, arguments);
        return syntax.Name switch
        {
            "attribute_exists" => Existence(syntax.Name, arguments[0], isWanted: true),
            "attribute_not_exists" => Existence(syntax.Name, arguments[0], isWanted: false),
            "attribute_type" => TypeTest(arguments),
            "begins_with" => Prefix(arguments),
            "contains" => new ContainsTest(arguments[0], arguments[1]),
            _ => NoCondition.Instance,
        };
    }

    /// <summary>What a comparison or function works on; the only function here is <c>size</c>.</summary>
    public Operand Operand(OperandSyntax syntax) => syntax switch
    {
        PathSyntax path => paths.Bind(path) is { } bound ? new PathOperand(bound) : NoOperand.Instance,
        ValueSyntax value => paths.Bind(value) is { } bound ? new ConstantOperand(bound) : NoOperand.Instance,
        FunctionSyntax { Name: Size } function => SizeOf(function),
        FunctionSyntax function => NoValue(function),
        _ => NoOperand.Instance,
    };

    private Operand SizeOf(FunctionSyntax syntax)
    {
        var arguments = Array.ConvertAll(syntax.Arguments, Operand);
        if (!HasCount(Size, arguments.Length))
        {
            return NoOperand.Instance;
        }

        if (arguments[0].KnownType is AttributeType.Number or AttributeType.Boolean or AttributeType.Null)
        {
            checks.WrongType(Size, arguments[0].KnownType!.Value.Name);
        }

        return new SizeOperand(arguments[0]);
    }

    /// <summary>A function that is true or false has no value to compare.</summary>
    private NoOperand NoValue(FunctionSyntax syntax)
    {
        Test(syntax);
        Misused(syntax.Name);
        return NoOperand.Instance;
    }

    private Condition Existence(string name, Operand operand, bool isWanted)
    {
        if (operand is PathOperand { Path: var path })
        {
            return new Existence(path, isWanted);
        }

        errors.Add(BindError.Function, $"Operator or function requires a document path; operator or function: {name}");
        return NoCondition.Instance;
    }

    private Condition TypeTest(Operand[] arguments)
    {
        if (arguments[1] is not ConstantOperand { Constant: { Type: AttributeType.String, Text: var name } })
        {
            checks.WrongType("attribute_type", arguments[1].KnownType?.Name ?? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
            return NoCondition.Instance;
        }

        if (!AttributeTypes.TryParse(name, out var type))
        {
            errors.Add(
                BindError.Function, $"Invalid attribute type name found; type: {name}, valid types: {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}");
            return NoCondition.Instance;
        }

        return new TypeTest(arguments[0], type);
    }

    private PrefixTest Prefix(Operand[] arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument.KnownType is { } type and not (AttributeType.String or AttributeType.Binary))
            {
                checks.WrongType("begins_with", type.Name);
                break;
            }
        }

        return new PrefixTest(arguments[0], arguments[1]);
    }

    private bool HasCount(string name, int count)
    {
        int? wanted = name switch
        {
            "attribute_exists" or "attribute_not_exists" or Size => 1,
            "attribute_type" or "begins_with" or "contains" => 2,
            _ => null,
        };
        if (wanted is null)
        {
            errors.Add(BindError.UnknownFunction, $"Invalid function name; function: {name}");
        }
        else if (wanted != count)
        {
            errors.Add(
                BindError.OperandCount,
                $"Incorrect number of operands for operator or function; operator or function: {name}, number of operands: {count}");
        }

        return wanted == count;
    }

    private void Misused(string name) => errors.Add(
        BindError.MisusedFunction, $"The function is not allowed to be used this way in an expression; function: {name}");
}
