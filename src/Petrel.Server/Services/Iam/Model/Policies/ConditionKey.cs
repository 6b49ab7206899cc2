using System.Collections.Frozen;

namespace Petrel.Server.Services.Iam.Model.Policies;

/// <summary>Condition keys that exist for every service; the request knows their values itself.</summary>
internal enum GlobalKey
{
    /// <summary>Not a global key: the operation's own context is asked, by name.</summary>
    None,
    CurrentTime,
    EpochTime,
    PrincipalAccount,
    PrincipalArn,
    PrincipalIsAwsService,
    PrincipalServiceName,
    PrincipalTag,
    PrincipalType,
    RequestedRegion,
    ResourceAccount,
    SecureTransport,
    SourceAccount,
    SourceArn,
    SourceIp,
    TokenIssueTime,
    UserAgent,
    UserId,
    UserName,
    ViaAwsService,
}

/// <summary>The name of a condition key, parsed once: names are case-insensitive, a tag's key after the slash is not.</summary>
internal sealed record ConditionKey(string Name, GlobalKey Global, string? Tag)
{
    private static readonly FrozenDictionary<string, GlobalKey> Globals = new Dictionary<string, GlobalKey>
    {
        ["aws:CurrentTime"] = GlobalKey.CurrentTime,
        ["aws:EpochTime"] = GlobalKey.EpochTime,
        ["aws:PrincipalAccount"] = GlobalKey.PrincipalAccount,
        ["aws:PrincipalArn"] = GlobalKey.PrincipalArn,
        ["aws:PrincipalIsAWSService"] = GlobalKey.PrincipalIsAwsService,
        ["aws:PrincipalServiceName"] = GlobalKey.PrincipalServiceName,
        ["aws:PrincipalTag"] = GlobalKey.PrincipalTag,
        ["aws:PrincipalType"] = GlobalKey.PrincipalType,
        ["aws:RequestedRegion"] = GlobalKey.RequestedRegion,
        ["aws:ResourceAccount"] = GlobalKey.ResourceAccount,
        ["aws:SecureTransport"] = GlobalKey.SecureTransport,
        ["aws:SourceAccount"] = GlobalKey.SourceAccount,
        ["aws:SourceArn"] = GlobalKey.SourceArn,
        ["aws:SourceIp"] = GlobalKey.SourceIp,
        ["aws:TokenIssueTime"] = GlobalKey.TokenIssueTime,
        ["aws:UserAgent"] = GlobalKey.UserAgent,
        ["aws:userid"] = GlobalKey.UserId,
        ["aws:username"] = GlobalKey.UserName,
        ["aws:ViaAWSService"] = GlobalKey.ViaAwsService,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static ConditionKey Parse(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Globals.TryGetValue(name[..slash], out var tagged) && tagged == GlobalKey.PrincipalTag
            ? new ConditionKey(name, tagged, name[(slash + 1)..])
            : new ConditionKey(name, Globals.GetValueOrDefault(name), null);
    }
}
