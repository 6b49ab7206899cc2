using System.Text.RegularExpressions;
using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>What a request's function name says: a name, a partial ARN or an ARN, with or without qualifier.</summary>
internal sealed partial record FunctionRef(string? Region, string? Account, string Name, string? Qualifier)
{
    /// <summary>The function's name within an ARN or alone.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Null when the text has another form; requests are checked against the pattern before.</summary>
    public static FunctionRef? TryParse(string text)
    {
        var match = Form().Match(text);
        return match.Success
            ? new FunctionRef(Value(match, "region"), Value(match, "account"), match.Groups["name"].Value, Value(match, "qualifier"))
            : null;
    }

    /// <summary>The function that a call means, which must be in the call's own region and account.</summary>
    /// <exception cref="ResourceNotFoundException">The ARN is of another region.</exception>
    /// <exception cref="CommonException">The ARN is of another account.</exception>
    public static FunctionRef Parse(string text, CallContext call)
    {
        var parsed = ParseAnyAccount(text, call);
        if (parsed.Account is { } account && account != call.Account)
        {
            throw CommonException.AccessDenied(
                $"User: {call.Caller.Arn} is not authorized to access the functions of account {account}");
        }

        return parsed;
    }

    /// <summary>The function that an invocation means. It may be another account's, which that function's policy has allowed the caller before.</summary>
    /// <exception cref="ResourceNotFoundException">The ARN is of another region.</exception>
    public static FunctionRef ParseAnyAccount(string text, CallContext call)
    {
        var parsed = TryParse(text) ?? throw new InvalidParameterValueException($"The function name {text} is invalid.");
        return parsed.Region is null || parsed.Region == call.Region
            ? parsed
            : throw new ResourceNotFoundException($"Functions from '{parsed.Region}' are not reachable in this region ('{call.Region}')");
    }

    /// <summary>The function that a call means, by an operation that has no qualifier.</summary>
    /// <exception cref="InvalidParameterValueException">The name has one.</exception>
    public static FunctionRef Unqualified(string text, CallContext call)
    {
        var parsed = Parse(text, call);
        return parsed.Qualifier is null
            ? parsed
            : throw new InvalidParameterValueException(
                "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
                + "Please specify either a function name or an unqualified function ARN.");
    }

    /// <summary>The qualifier of the name or of the request; both may be given when they are equal.</summary>
    public FunctionRef WithQualifier(string? qualifier)
    {
        if (qualifier is null || qualifier == Qualifier)
        {
            return this;
        }

        return Qualifier is null
            ? this with { Qualifier = qualifier }
            : throw new InvalidParameterValueException("The derived qualifier from the function name does not match the specified qualifier.");
    }

    public FunctionKey KeyIn(CallContext call) => new(Account ?? call.Account, call.Region, Name);

    private static string? Value(Match match, string group) => match.Groups[group] is { Success: true } found ? found.Value : null;

    [GeneratedRegex(
        @"^(arn:aws[a-zA-Z-]*:lambda:)?((?<region>(eusc-)?[a-z]{2}(-gov|-iso[a-z]?)?-[a-z]+-\d):)?((?<account>\d{12}):)?(function:)?"
        + @"(?<name>[a-zA-Z0-9-_.]+)(:(?<qualifier>\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
