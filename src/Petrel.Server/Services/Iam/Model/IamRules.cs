using System.Text;
using Petrel.Aws.Iam;
using Petrel.Server.Services.Iam.Model.Policies;

namespace Petrel.Server.Services.Iam.Model;

/// <summary>The rules that IAM's documentation gives for names, paths, tags and documents, with its quotas.</summary>
internal static class IamRules
{
    public const int MaxAttached = 10;
    public const int MaxVersions = 5;
    public const int MaxAccessKeys = 2;

    private const int MaxTags = 50;
    private const int MaxTrustChars = 2_048;
    private const int MaxManagedChars = 6_144;
    private const int MaxRoleInlineChars = 10_240;
    private const int MaxUserInlineChars = 2_048;

    /// <param name="member">As errors call it: <c>roleName</c>.</param>
    public static void CheckName(string name, string member)
    {
        if (name.Any(c => !char.IsLetterOrDigit(c) && !"_+=,.@-".Contains(c)))
        {
            throw IamException.ValidationError(
                $"The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-");
        }
    }

    /// <summary>The path, or <c>/</c>.</summary>
    public static string Path(string? path)
    {
        if (path is null)
        {
            return "/";
        }

        var isWhole = path[0] == '/' && path[^1] == '/' && path.All(c => c is >= '!' and <= '~');
        return isWhole && (path.Length == 1 || !path.Contains("//", StringComparison.Ordinal))
            ? path
            : throw IamException.ValidationError(
                "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.");
    }

    public static SortedDictionary<string, string> Tags(IEnumerable<KeyValuePair<string, string>> existing, IReadOnlyList<Tag>? added)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in existing)
        {
            tags[key] = value;
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var tag in added ?? [])
        {
            if (!names.Add(tag.Key))
            {
                throw IamException.InvalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
            }

            if (tag.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw IamException.InvalidInput("Tag keys beginning with aws: are reserved for the system.");
            }

            tags[tag.Key] = tag.Value;
        }

        return tags.Count <= MaxTags ? tags : throw IamException.LimitExceeded($"The number of tags has reached the maximum limit of {MaxTags}.");
    }

    public static void CheckTrust(string document)
    {
        Check(document, PolicyKind.Trust);
        if (Size(document) > MaxTrustChars)
        {
            throw IamException.LimitExceeded($"Cannot exceed quota for ACLSizePerRole: {MaxTrustChars}");
        }
    }

    public static void CheckManaged(string document)
    {
        Check(document, PolicyKind.Identity);
        if (Size(document) > MaxManagedChars)
        {
            throw IamException.LimitExceeded($"Cannot exceed quota for PolicySize: {MaxManagedChars}");
        }
    }

    /// <summary>The quota is of all inline policies together.</summary>
    public static void CheckInline(IdentityState identity)
    {
        var (max, kind) = identity is RoleState ? (MaxRoleInlineChars, "role") : (MaxUserInlineChars, "user");
        if (identity.InlinePolicies.Values.Sum(Size) > max)
        {
            throw IamException.LimitExceeded($"Maximum policy size of {max} bytes exceeded for {kind} {identity.Name}");
        }
    }

    public static void Check(string document, PolicyKind kind)
    {
        try
        {
            PolicyParser.Parse(document, kind);
        }
        catch (PolicyFormatException reason)
        {
            throw IamException.MalformedPolicyDocument(reason.Message);
        }
    }

    /// <summary>White space does not count.</summary>
    private static int Size(string document) => document.Count(c => !char.IsWhiteSpace(c));
}

/// <summary>Where a list goes on: the name of the last entry, so that changes between pages neither repeat nor hide others.</summary>
internal static class Marker
{
    public const int DefaultItems = 100;

    public static string Write(string last) => Convert.ToBase64String(Encoding.UTF8.GetBytes(last));

    public static string? Read(string? marker)
    {
        if (marker is null)
        {
            return null;
        }

        var bytes = new byte[marker.Length];
        return Convert.TryFromBase64String(marker, bytes, out var written)
            ? Encoding.UTF8.GetString(bytes, 0, written)
            : throw IamException.ValidationError("Invalid value for marker.");
    }

    /// <summary>A page of entries that are at hand, in the order of their names.</summary>
    public static (List<T> Items, string? Next) Page<T>(IEnumerable<T> all, Func<T, string> name, string? marker, int? maxItems)
    {
        var after = Read(marker);
        var items = all
            .Where(item => after is null || string.CompareOrdinal(name(item), after) > 0)
            .OrderBy(name, StringComparer.Ordinal)
            .Take((maxItems ?? DefaultItems) + 1)
            .ToList();
        if (items.Count <= (maxItems ?? DefaultItems))
        {
            return (items, null);
        }

        items.RemoveAt(items.Count - 1);
        return (items, Write(name(items[^1])));
    }
}
