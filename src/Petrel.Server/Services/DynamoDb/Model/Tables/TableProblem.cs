using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>Errors of what a request says about a table, in the service's words.</summary>
internal static class TableProblem
{
    public static CommonException Invalid(string problem) =>
        CommonException.Validation($"One or more parameter values were invalid: {problem}");

    /// <summary>A member that this platform does not act on: it is refused instead of being kept without effect.</summary>
    public static CommonException Unsupported(string operation, string member) =>
        CommonException.NotImplemented("dynamodb", $"{operation} with {member}");
}
