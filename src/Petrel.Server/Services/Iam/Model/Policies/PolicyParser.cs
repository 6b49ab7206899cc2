using System.Text.Json;

namespace Petrel.Server.Services.Iam.Model.Policies;

/// <summary>Where a policy stands; it decides which elements must and must not be there.</summary>
internal enum PolicyKind
{
    /// <summary>Of a user or role, managed, a boundary or a session's: no principal.</summary>
    Identity,

    /// <summary>Of a resource: a principal and a resource.</summary>
    Resource,

    /// <summary>Of a role: a principal and no resource.</summary>
    Trust,
}

/// <summary>A document that is no policy; the message is the reason that IAM gives.</summary>
internal sealed class PolicyFormatException(string reason) : Exception(reason);

/// <summary>Reads and compiles policy documents.</summary>
internal static class PolicyParser
{
    private const string Syntax = "Syntax errors in policy.";

    public static Policy Parse(string json, PolicyKind kind)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
        }
        catch (JsonException)
        {
            throw new PolicyFormatException(kind == PolicyKind.Trust ? "This policy contains invalid Json" : Syntax);
        }

        using (document)
        {
            return ReadPolicy(document.RootElement, kind);
        }
    }

    private static Policy ReadPolicy(JsonElement root, PolicyKind kind)
    {
        RequireObject(root);
        string? id = null;
        var version = "2008-10-17";
        JsonElement? statements = null;
        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name)
            {
                case "Version":
                    version = ReadText(member.Value);
                    break;
                case "Id":
                    id = ReadText(member.Value);
                    break;
                case "Statement":
                    statements = member.Value;
                    break;
                default:
                    throw new PolicyFormatException(Syntax);
            }
        }

        if (version is not ("2012-10-17" or "2008-10-17"))
        {
            throw new PolicyFormatException("Policy document must be version 2012-10-17 or greater.");
        }

        var elements = OneOrMany(statements ?? throw new PolicyFormatException(Syntax)).ToList();
        var compiled = elements.ConvertAll(e => ReadStatement(e, kind, variables: version == "2012-10-17"));
        var sids = compiled.Select(s => s.Sid).OfType<string>().ToList();
        if (sids.Count != sids.Distinct(StringComparer.Ordinal).Count())
        {
            throw new PolicyFormatException("Statement IDs (SID) in a single policy must be unique.");
        }

        // A resource whose last permission was removed may be left with an empty list; identities need a statement.
        return compiled.Count == 0 && kind != PolicyKind.Resource
            ? throw new PolicyFormatException(Syntax)
            : new Policy(id, version, [.. compiled]);
    }

    private static Statement ReadStatement(JsonElement element, PolicyKind kind, bool variables)
    {
        RequireObject(element);
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (!members.TryAdd(member.Name, member.Value) || !IsElement(member.Name))
            {
                throw new PolicyFormatException(Syntax);
            }
        }

        if (!members.TryGetValue("Effect", out var effect) || ReadText(effect) is not ("Allow" or "Deny"))
        {
            throw new PolicyFormatException(Syntax);
        }

        var (principals, notPrincipals) = ReadPrincipals(members, kind);
        var (actions, notActions) = PolicyElements.ReadActions(members, kind);
        var (resources, notResources) = PolicyElements.ReadResources(members, kind);
        return new Statement
        {
            Effect = effect.ValueEquals("Allow") ? Effect.Allow : Effect.Deny,
            Sid = ReadSid(members, kind),
            Principals = principals,
            NotPrincipals = notPrincipals,
            Actions = [.. actions.Select(a => PolicyPattern.Compile(a, variables: false, ignoreCase: true))],
            NotActions = notActions,
            Resources = resources is null ? null : [.. resources.Select(r => PolicyPattern.Compile(r, variables: variables))],
            NotResources = notResources,
            Conditions = members.TryGetValue("Condition", out var block) ? [.. ReadConditions(block, variables)] : [],
        };
    }

    private static bool IsElement(string name) => name is "Sid" or "Effect" or "Principal" or "NotPrincipal" or "Action" or "NotAction"
        or "Resource" or "NotResource" or "Condition";

    private static string? ReadSid(Dictionary<string, JsonElement> members, PolicyKind kind)
    {
        var sid = members.TryGetValue("Sid", out var element) ? ReadText(element) : null;
        return kind == PolicyKind.Identity && sid?.All(char.IsAsciiLetterOrDigit) == false
            ? throw new PolicyFormatException("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*")
            : sid is "" ? null : sid;
    }

    private static (PrincipalSet? Principals, bool Negated) ReadPrincipals(Dictionary<string, JsonElement> members, PolicyKind kind)
    {
        var negated = members.TryGetValue("NotPrincipal", out var element);
        if (members.TryGetValue("Principal", out var plain) && negated)
        {
            throw new PolicyFormatException(Syntax);
        }

        element = negated ? element : plain;
        var isThere = element.ValueKind != JsonValueKind.Undefined;
        return (kind, isThere) switch
        {
            (PolicyKind.Identity, true) => throw new PolicyFormatException("Policy document should not specify a principal."),
            (PolicyKind.Identity, false) => (null, false),
            (_, false) => throw new PolicyFormatException("Missing required field Principal"),
            _ => (PolicyElements.ReadPrincipal(element), negated),
        };
    }

    private static IEnumerable<Condition> ReadConditions(JsonElement block, bool variables)
    {
        RequireObject(block);
        foreach (var line in block.EnumerateObject())
        {
            var parsed = ConditionOperator.TryParse(line.Name) ?? throw new PolicyFormatException(Syntax);
            RequireObject(line.Value);
            foreach (var key in line.Value.EnumerateObject())
            {
                if (!key.Name.Contains(':', StringComparison.Ordinal))
                {
                    throw new PolicyFormatException("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
                }

                var values = OneOrMany(key.Value).Select(ReadScalar).ToList();
                yield return new Condition(parsed, ConditionKey.Parse(key.Name), values, variables);
            }
        }
    }

    internal static IEnumerable<JsonElement> OneOrMany(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [element];

    internal static string ReadText(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new PolicyFormatException(Syntax);

    internal static void RequireObject(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new PolicyFormatException(Syntax);
        }
    }

    /// <summary>Values of conditions may be written as JSON numbers and booleans.</summary>
    private static string ReadScalar(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.Number => element.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw new PolicyFormatException(Syntax),
    };
}
