using Petrel.Aws.S3;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Model;

/// <summary>What happens to an object that a function may be told of, by the name that stands behind <c>s3:</c>.</summary>
internal static class EventNames
{
    public const string Put = "ObjectCreated:Put";
    public const string Post = "ObjectCreated:Post";
    public const string Copy = "ObjectCreated:Copy";
    public const string Complete = "ObjectCreated:CompleteMultipartUpload";
    public const string Delete = "ObjectRemoved:Delete";
    public const string Marker = "ObjectRemoved:DeleteMarkerCreated";
    public const string TagPut = "ObjectTagging:Put";
    public const string TagDelete = "ObjectTagging:Delete";
    public const string AclPut = "ObjectAcl:Put";

    private static readonly string[] Built = [Put, Post, Copy, Complete, Delete, Marker, TagPut, TagDelete, AclPut];

    private static readonly string[] Others =
    [
        "ReducedRedundancyLostObject", "ObjectRestore:Post", "ObjectRestore:Completed", "ObjectRestore:Delete", "ObjectRestore:*", "Replication:*",
        "Replication:OperationFailedReplication", "Replication:OperationNotTracked", "Replication:OperationMissedThreshold",
        "Replication:OperationReplicatedAfterThreshold", "LifecycleExpiration:*", "LifecycleExpiration:Delete",
        "LifecycleExpiration:DeleteMarkerCreated", "LifecycleTransition", "IntelligentTiering", "ObjectAnnotation:*",
    ];

    /// <exception cref="S3Exception">There is no such event; 501 for one that does not happen here.</exception>
    public static void Check(string name)
    {
        var plain = name.StartsWith("s3:", StringComparison.Ordinal) ? name[3..] : "";
        if (Array.IndexOf(Others, plain) >= 0)
        {
            throw CommonException.NotImplemented("s3", $"notifications of {name}");
        }

        if (!Built.Any(built => Matches(name, built)))
        {
            throw S3Exception.InvalidArgument("The event is not supported for notifications", "Event", name);
        }
    }

    /// <param name="wanted">With <c>s3:</c> before it, and perhaps a star at its end.</param>
    public static bool Matches(string wanted, string happened) => wanted.StartsWith("s3:", StringComparison.Ordinal)
        && (wanted.EndsWith(":*", StringComparison.Ordinal)
            ? happened.AsSpan().StartsWith(wanted.AsSpan(3, wanted.Length - 4), StringComparison.Ordinal)
            : happened.AsSpan().SequenceEqual(wanted.AsSpan(3)));
}

/// <summary>A function that is told of a bucket's events.</summary>
internal sealed record NotificationRule(string Id, string FunctionArn, IReadOnlyList<string> Events, string? Prefix = null, string? Suffix = null)
{
    public bool Matches(string happened, string key) => Events.Any(wanted => EventNames.Matches(wanted, happened))
        && key.StartsWith(Prefix ?? "", StringComparison.Ordinal)
        && key.EndsWith(Suffix ?? "", StringComparison.Ordinal);

    /// <param name="newId">An id for a rule without one.</param>
    /// <exception cref="S3Exception">The rule is none.</exception>
    public static NotificationRule Read(FunctionNotification from, string newId)
    {
        if (from.CloudFunction is null || from.Events is not { Count: > 0 } events)
        {
            throw S3Exception.MalformedXml();
        }

        if (!from.CloudFunction.StartsWith("arn:aws:lambda:", StringComparison.Ordinal))
        {
            throw S3Exception.InvalidArgument("The ARN could not be parsed", "CloudFunction", from.CloudFunction);
        }

        foreach (var name in events)
        {
            EventNames.Check(name);
        }

        string? prefix = null;
        string? suffix = null;
        foreach (var rule in from.Filter?.Key?.Rules ?? [])
        {
            switch (rule.Name?.ToLowerInvariant())
            {
                case "prefix" when prefix is null:
                    prefix = rule.Value ?? "";
                    break;
                case "suffix" when suffix is null:
                    suffix = rule.Value ?? "";
                    break;
                case "prefix" or "suffix":
                    throw S3Exception.InvalidArgument(
                        $"Cannot specify more than one {rule.Name!.ToLowerInvariant()} rule in a filter.", "FilterRule", rule.Name);
                default:
                    throw S3Exception.InvalidArgument("filter rule name must be either prefix or suffix", "FilterRule.Name", rule.Name);
            }
        }

        return new NotificationRule(from.Id ?? newId, from.CloudFunction, [.. events], prefix, suffix);
    }

    public FunctionNotification Show()
    {
        var rules = new List<NotificationFilterRule>();
        if (Prefix is not null)
        {
            rules.Add(new NotificationFilterRule("Prefix", Prefix));
        }

        if (Suffix is not null)
        {
            rules.Add(new NotificationFilterRule("Suffix", Suffix));
        }

        return new FunctionNotification(Id, FunctionArn, Events, rules.Count == 0 ? null : new NotificationFilter(new NotificationKeyFilter(rules)));
    }

    /// <summary>Two rules that could be told of one event are refused, as the service does.</summary>
    public static void CheckOverlaps(IReadOnlyList<NotificationRule> rules)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            for (var j = i + 1; j < rules.Count; j++)
            {
                if (rules[i].Id == rules[j].Id)
                {
                    throw S3Exception.InvalidArgument("Same ID used for multiple configurations. IDs must be unique", "Id", rules[i].Id);
                }

                if (Overlap(rules[i], rules[j]))
                {
                    throw S3Exception.InvalidArgument(
                        "An object key name filtering rule defined with overlapping prefixes, overlapping suffixes, or overlapping combinations of prefixes and suffixes for the same event types.",
                        "Filter",
                        rules[j].Id);
                }
            }
        }
    }

    private static bool Overlap(NotificationRule a, NotificationRule b)
    {
        var events = a.Events.Any(x => b.Events.Any(y => x == y || Covers(x, y) || Covers(y, x)));
        return events && Nested(a.Prefix ?? "", b.Prefix ?? "", atEnd: false) && Nested(a.Suffix ?? "", b.Suffix ?? "", atEnd: true);
    }

    private static bool Covers(string wide, string narrow) =>
        wide.EndsWith(":*", StringComparison.Ordinal) && narrow.StartsWith(wide[..^1], StringComparison.Ordinal);

    private static bool Nested(string a, string b, bool atEnd) => atEnd
        ? a.EndsWith(b, StringComparison.Ordinal) || b.EndsWith(a, StringComparison.Ordinal)
        : a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal);
}
