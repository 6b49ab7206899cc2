using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

/// <summary>What the service says about statements that it cannot run; all of it is a <c>ValidationException</c>.</summary>
internal static class StatementError
{
    public const string NoKeys = "Where clause does not contain a mandatory equality on all key attributes";

    public static CommonException Malformed(string detail = "") =>
        Of($"Statement wasn't well formed, can't be processed: {detail}");

    public static CommonException Of(string message) => CommonException.Validation(message);
}
