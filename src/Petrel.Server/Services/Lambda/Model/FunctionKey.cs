namespace Petrel.Server.Services.Lambda.Model;

/// <summary>Which function: its name within an account and region.</summary>
internal readonly record struct FunctionKey(string Account, string Region, string Name)
{
    /// <summary>The ARN without qualifier.</summary>
    public string Arn => $"arn:aws:lambda:{Region}:{Account}:function:{Name}";

    /// <summary>Signalled by every change of the function, its versions, aliases and settings.</summary>
    public string Topic => $"lambda/function/{Account}/{Region}/{Name}";

    public string QualifiedArn(string? qualifier) => qualifier is null ? Arn : $"{Arn}:{qualifier}";
}

/// <summary>The names that Lambda gives versions.</summary>
internal static class VersionName
{
    public const string Latest = "$LATEST";

    /// <summary>Whether a qualifier is a published version's number.</summary>
    public static bool TryParse(string qualifier, out long number) =>
        long.TryParse(qualifier, System.Globalization.NumberStyles.None, null, out number);
}
