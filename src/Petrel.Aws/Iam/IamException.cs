using Petrel.Wire;

namespace Petrel.Aws.Iam;

/// <summary>An error of IAM, by its code on the wire, which has no "Exception" at its end.</summary>
public sealed class IamException(string code, string message, int status) : ServiceException(code, message, status)
{
    public static IamException NoSuchEntity(string message) => new("NoSuchEntity", message, 404);

    public static IamException EntityAlreadyExists(string message) => new("EntityAlreadyExists", message, 409);

    public static IamException DeleteConflict(string message) => new("DeleteConflict", message, 409);

    public static IamException LimitExceeded(string message) => new("LimitExceeded", message, 409);

    public static IamException InvalidInput(string message) => new("InvalidInput", message, 400);

    public static IamException ValidationError(string message) => new("ValidationError", message, 400);

    public static IamException MalformedPolicyDocument(string message) => new("MalformedPolicyDocument", message, 400);
}
