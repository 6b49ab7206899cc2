using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Updates;

/// <summary>Why an item does not allow an update, in the service's words.</summary>
internal static class UpdateErrors
{
    public static CommonException NoSuchAttribute() =>
        CommonException.Validation("The provided expression refers to an attribute that does not exist in the item");

    public static CommonException WrongType() =>
        CommonException.Validation("An operand in the update expression has an incorrect data type");

    public static CommonException NoSuchPath() =>
        CommonException.Validation("The document path provided in the update expression is invalid for update");

    public static CommonException TooDeep() => CommonException.Validation(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit");

    /// <summary>The legacy parameter's word for a value of another type.</summary>
    public static CommonException TypeMismatch() => CommonException.Validation("Type mismatch for attribute to update");
}
