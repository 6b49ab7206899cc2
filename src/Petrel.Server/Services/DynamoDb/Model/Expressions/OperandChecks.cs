using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>What operators and functions ask of their operands, as far as it is known without an item.</summary>
internal sealed class OperandChecks(BindErrors errors)
{
    /// <summary>Two operands that are the same place make no sense.</summary>
    public void Distinct(string name, ReadOnlySpan<Operand> operands)
    {
        if (operands is [PathOperand first, PathOperand second] && first.Path.Equals(second.Path))
        {
            errors.Add(
                BindError.NotDistinct,
                "The first operand must be distinct from the remaining operands for this operator or function; "
                + $"operator: {name}, first operand: {first.Path}");
        }
    }

    /// <summary>Only texts, numbers and binaries have an order.</summary>
    public void Ordered(string name, ReadOnlySpan<Operand> operands)
    {
        foreach (var operand in operands)
        {
            if (operand.KnownType is { IsScalarKey: false } type)
            {
                WrongType(name, type.Name);
                return;
            }
        }
    }

    public void Bounds(Operand low, Operand high)
    {
        if (low is not ConstantOperand { Constant: var lower } || high is not ConstantOperand { Constant: var upper })
        {
            return;
        }

        var bounds = $"lower bound operand: AttributeValue: {Print(lower)}, upper bound operand: AttributeValue: {Print(upper)}";
        if (lower.Type != upper.Type)
        {
            errors.Add(BindError.Function, $"The BETWEEN operator requires same data type for lower and upper bounds; {bounds}");
        }
        else if (ValueOrder.TryCompare(lower, upper, out var order) && order > 0)
        {
            errors.Add(
                BindError.Function, $"The BETWEEN operator requires upper bound to be greater than or equal to lower bound; {bounds}");
        }
    }

    public void WrongType(string name, string type) => errors.Add(
        BindError.Function, $"Incorrect operand type for operator or function; operator or function: {name}, operand type: {type}");

    private static string Print(AttributeValue value) => value.Type switch
    {
        AttributeType.String => $"{{S:{value.Text}}}",
        AttributeType.Number => $"{{N:{value.Number}}}",
        AttributeType.Binary => $"{{B:{Convert.ToBase64String(value.Bytes)}}}",
        AttributeType.StringSet => $"{{SS:[{string.Join(", ", value.Strings)}]}}",
        AttributeType.NumberSet => $"{{NS:[{string.Join(", ", value.Numbers)}]}}",
        AttributeType.BinarySet => $"{{BS:[{string.Join(", ", value.Binaries.Select(Convert.ToBase64String))}]}}",
        AttributeType.Boolean => $"{{BOOL:{(value.Flag ? "true" : "false")}}}",
        AttributeType.Null => "{NULL:true}",
        _ => value.ToString(),
    };
}
