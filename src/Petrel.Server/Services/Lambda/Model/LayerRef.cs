using System.Text.RegularExpressions;
using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>A layer or one of its versions, as a name or an ARN says it.</summary>
internal sealed partial record LayerRef(string Region, string Account, string Name, long? Version)
{
    public string Arn => $"arn:aws:lambda:{Region}:{Account}:layer:{Name}";

    public string VersionArn => $"{Arn}:{Version}";

    /// <summary>A layer's name, which is in the caller's account and region, or its ARN.</summary>
    public static LayerRef OfName(string nameOrArn, CallContext call, long? version = null)
    {
        var parsed = nameOrArn.StartsWith("arn:", StringComparison.Ordinal)
            ? TryParse(nameOrArn) ?? throw new InvalidParameterValueException($"The layer name {nameOrArn} is invalid.")
            : new LayerRef(call.Region, call.Account, nameOrArn, null);
        return version is null ? parsed : parsed with { Version = version };
    }

    /// <summary>A layer version's ARN as a function refers to it.</summary>
    public static LayerRef? TryParse(string arn)
    {
        var match = Form().Match(arn);
        return match.Success
            ? new LayerRef(
                match.Groups["region"].Value,
                match.Groups["account"].Value,
                match.Groups["name"].Value,
                long.TryParse(match.Groups["version"].Value, out var version) ? version : null)
            : null;
    }

    [GeneratedRegex(
        @"^arn:[a-zA-Z0-9-]+:lambda:(?<region>[a-z0-9-]+):(?<account>\d{12}):layer:(?<name>[a-zA-Z0-9-_]+)(:(?<version>[0-9]{1,18}))?$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
