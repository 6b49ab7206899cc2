using System.Text.Json;

namespace Petrel.Server.Services.Iam.Model.Policies;

/// <summary>Reads the elements of a statement that have rules of their own: principals, actions and resources.</summary>
internal static class PolicyElements
{
    public static PrincipalSet ReadPrincipal(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return element.ValueEquals("*") ? PrincipalSet.Everyone : throw InvalidPrincipal("AWS", element.GetString());
        }

        PolicyParser.RequireObject(element);
        List<string> aws = [], services = [], federated = [];
        foreach (var kind in element.EnumerateObject())
        {
            var names = PolicyParser.OneOrMany(kind.Value).Select(PolicyParser.ReadText).ToList();
            var target = kind.Name switch
            {
                "AWS" => aws,
                "Service" => services,
                "Federated" => federated,
                "CanonicalUser" => [],
                _ => throw new PolicyFormatException($"Invalid principal in policy: \"{kind.Name}\""),
            };
            target.AddRange(names);
        }

        foreach (var name in aws.Where(n => !IsAwsPrincipal(n)))
        {
            throw InvalidPrincipal("AWS", name);
        }

        foreach (var name in services.Where(s => s.Contains('*', StringComparison.Ordinal) || !s.Contains('.', StringComparison.Ordinal)))
        {
            throw InvalidPrincipal("SERVICE", name);
        }

        return aws.Contains("*", StringComparer.Ordinal) ? PrincipalSet.Everyone : new PrincipalSet(false, aws, services, federated);
    }

    public static (List<string> Patterns, bool Negated) ReadActions(Dictionary<string, JsonElement> members, PolicyKind kind)
    {
        var negated = members.TryGetValue("NotAction", out var element);
        if (members.TryGetValue("Action", out var plain) == negated)
        {
            throw new PolicyFormatException(negated ? "Syntax errors in policy." : "Policy statement must contain actions.");
        }

        var actions = PolicyParser.OneOrMany(negated ? element : plain).Select(PolicyParser.ReadText).ToList();
        if (actions.Count == 0)
        {
            throw new PolicyFormatException("Policy statement must contain actions.");
        }

        foreach (var action in actions)
        {
            CheckAction(action, kind);
        }

        return (actions, negated);
    }

    public static (List<string>? Patterns, bool Negated) ReadResources(Dictionary<string, JsonElement> members, PolicyKind kind)
    {
        var negated = members.TryGetValue("NotResource", out var element);
        var plain = members.GetValueOrDefault("Resource");
        var isThere = negated || plain.ValueKind != JsonValueKind.Undefined;
        if (kind == PolicyKind.Trust)
        {
            return isThere ? throw new PolicyFormatException("Has prohibited field Resource") : (null, false);
        }

        var resources = isThere ? PolicyParser.OneOrMany(negated ? element : plain).Select(PolicyParser.ReadText).ToList() : [];
        if (resources.Count == 0)
        {
            throw new PolicyFormatException("Policy statement must contain resources.");
        }

        foreach (var resource in resources)
        {
            CheckResource(resource);
        }

        return (resources, negated);
    }

    private static void CheckAction(string action, PolicyKind kind)
    {
        var colon = action.IndexOf(':', StringComparison.Ordinal);
        if (action != "*" && colon < 0)
        {
            throw new PolicyFormatException("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
        }

        if (colon >= 0 && (action.IndexOf(':', colon + 1) >= 0 || colon == action.Length - 1))
        {
            throw new PolicyFormatException("Actions/Condition can contain only one colon.");
        }

        var vendor = action.AsSpan(0, Math.Max(colon, 0));
        if (vendor.ContainsAnyExcept(System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")))
        {
            throw new PolicyFormatException($"Vendor {vendor} is not valid");
        }

        if (kind == PolicyKind.Trust && !vendor.Equals("sts", StringComparison.OrdinalIgnoreCase))
        {
            throw new PolicyFormatException("AssumeRole policy may only specify STS AssumeRole actions.");
        }
    }

    private static void CheckResource(string resource)
    {
        if (resource == "*" || resource.StartsWith("${", StringComparison.Ordinal))
        {
            return;
        }

        var parts = resource.Split(':');
        if (parts[0] is not ("arn" or "*") && !parts[0].StartsWith("arn*", StringComparison.Ordinal))
        {
            throw new PolicyFormatException($"Resource {resource} must be in ARN format or \"*\".");
        }

        if (parts.Length < 6 && !resource.Contains('*', StringComparison.Ordinal))
        {
            throw new PolicyFormatException($"Resource {resource} must be in ARN format or \"*\".");
        }

        if (parts.Length > 1 && parts[1] is not ("aws" or "aws-cn" or "aws-us-gov") && !parts[1].Contains('*', StringComparison.Ordinal))
        {
            throw new PolicyFormatException($"Partition \"{parts[1]}\" is not valid for resource \"{resource}\".");
        }
    }

    /// <summary>An account's number, or the ARN of an account, user, role or session; ids of deleted identities stay as they are.</summary>
    private static bool IsAwsPrincipal(string name) =>
        name == "*"
        || (name.Length == 12 && name.All(char.IsAsciiDigit))
        || (name.StartsWith("arn:aws:iam::", StringComparison.Ordinal) && name.Split(':') is [_, _, _, _, { Length: 12 }, { Length: > 0 }])
        || (name.StartsWith("arn:aws:sts::", StringComparison.Ordinal) && name.Split(':') is [_, _, _, _, { Length: 12 }, { Length: > 0 }])
        || ((name.StartsWith("AROA", StringComparison.Ordinal) || name.StartsWith("AIDA", StringComparison.Ordinal)) && name.Length >= 16);

    private static PolicyFormatException InvalidPrincipal(string kind, string? name) =>
        new($"Invalid principal in policy: \"{kind}\":\"{name}\"");
}
