using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Items;

/// <summary>A parameter of a request, and whether the request gives it.</summary>
internal readonly record struct GivenParameter(string Name, bool IsGiven);

/// <summary>Which parameters of a request exclude or need each other: expressions and what was there before them.</summary>
internal static class ParameterRules
{
    private const string Projection = "ProjectionExpression";

    /// <param name="expressions">The operation's expressions, in the service's order.</param>
    /// <param name="others">What cannot stand beside them.</param>
    /// <param name="hasNames">ExpressionAttributeNames are given.</param>
    /// <param name="hasValues">ExpressionAttributeValues are given.</param>
    /// <exception cref="CommonException"><c>ValidationException</c>.</exception>
    public static void Check(ReadOnlySpan<GivenParameter> expressions, ReadOnlySpan<GivenParameter> others, bool hasNames, bool hasValues)
    {
        var anyExpression = AnyGiven(expressions);
        if (anyExpression && AnyGiven(others))
        {
            throw CommonException.Validation(
                "Can not use both expression and non-expression parameters in the same request: "
                + $"Non-expression parameters: {{{Given(others)}}} Expression parameters: {{{Given(expressions)}}}");
        }

        if (hasNames && !anyExpression)
        {
            throw CommonException.Validation("ExpressionAttributeNames can only be specified when using expressions");
        }

        if (hasValues)
        {
            CheckValues(expressions);
        }
    }

    private static void CheckValues(ReadOnlySpan<GivenParameter> expressions)
    {
        var names = new List<string>(expressions.Length);
        foreach (var expression in expressions)
        {
            if (expression.Name == Projection)
            {
                continue;
            }

            if (expression.IsGiven)
            {
                return;
            }

            names.Add(expression.Name);
        }

        if (names.Count > 0)
        {
            throw CommonException.Validation(
                "ExpressionAttributeValues can only be specified when using expressions: "
                + $"{string.Join(" and ", names)} {(names.Count > 1 ? "are" : "is")} null");
        }
    }

    private static bool AnyGiven(ReadOnlySpan<GivenParameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.IsGiven)
            {
                return true;
            }
        }

        return false;
    }

    private static string Given(ReadOnlySpan<GivenParameter> parameters)
    {
        var names = new List<string>(parameters.Length);
        foreach (var parameter in parameters)
        {
            if (parameter.IsGiven)
            {
                names.Add(parameter.Name);
            }
        }

        return string.Join(", ", names);
    }
}
