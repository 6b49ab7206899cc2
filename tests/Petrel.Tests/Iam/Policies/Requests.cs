using Petrel.Server.Services.Iam.Model.Policies;
using Petrel.Wire;

namespace Petrel.Tests.Iam.Policies;

/// <summary>Requests to decide about.</summary>
internal static class Requests
{
    public const string Account = "111122223333";

    public static readonly DateTimeOffset Now = new(2026, 1, 31, 10, 20, 30, TimeSpan.Zero);

    public static readonly AccessRequest Any = Alice();

    public static AccessRequest Alice(
        string action = "lambda:InvokeFunction",
        string resource = "arn:aws:lambda:eu-west-1:111122223333:function:hello",
        string resourceAccount = Account,
        Dictionary<string, string>? tags = null,
        Dictionary<string, string>? context = null,
        Dictionary<string, IReadOnlyList<string>>? many = null) => new()
        {
            Principal = new Principal(PrincipalKind.User, Account, $"arn:aws:iam::{Account}:user/team/alice", "AIDAALICE"),
            Action = action,
            Resource = resource,
            ResourceAccount = resourceAccount,
            Now = Now,
            Region = "eu-west-1",
            SourceIp = "203.0.113.7",
            UserAgent = "aws-cli/2",
            IdentityArn = $"arn:aws:iam::{Account}:user/team/alice",
            PrincipalTags = tags ?? new() { ["team"] = "blue" },
            Context = context,
            MultiContext = many,
        };

    public static AccessRequest By(Principal principal, string? identityArn = null, string action = "lambda:InvokeFunction") => new()
    {
        Principal = principal,
        Action = action,
        Resource = "arn:aws:lambda:eu-west-1:111122223333:function:hello",
        ResourceAccount = Account,
        Now = Now,
        IdentityArn = identityArn,
    };

    public static Principal Session(string account = Account) => new(
        PrincipalKind.AssumedRole,
        account,
        $"arn:aws:sts::{account}:assumed-role/worker/s1",
        "AROAWORKER:s1",
        Role: "worker");

    public static Policy Identity(string statement) => Parse(statement, PolicyKind.Identity);

    public static Policy Resource(string statement) => Parse(statement, PolicyKind.Resource);

    private static Policy Parse(string statement, PolicyKind kind) =>
        PolicyParser.Parse($$"""{"Version":"2012-10-17","Statement":[{{statement}}]}""", kind);
}
