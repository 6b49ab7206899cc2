using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Petrel.Aws.Iam;
using Petrel.Functions;

namespace Petrel.Server.Services.Sts.Api;

/// <summary>Credentials of a function's role for one instance, of use in its sandbox only.</summary>
internal sealed partial class FunctionCredentialIssuer(
    SessionIssuer issuer,
    IRoleCheck roles,
    ILogger<FunctionCredentialIssuer> logger) : IFunctionCredentials
{
    private const string Service = "lambda.amazonaws.com";

    /// <summary>The longest that a role's session may live; an instance is replaced before.</summary>
    private static readonly TimeSpan Duration = TimeSpan.FromHours(12);

    private const int MaxWarned = 1_000;

    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);

    public async ValueTask<FunctionCredentials> IssueAsync(FunctionSpec spec, string instanceId, CancellationToken cancellationToken)
    {
        var (role, standing) = spec.RoleArn is { } arn
            ? await roles.FindForServiceAsync(arn, Service, cancellationToken)
            : (null, RoleStanding.NotFound);
        if (role is null || standing is not (RoleStanding.Assumable or RoleStanding.AcceptedUnknown))
        {
            throw new FunctionStartException("AccessDeniedException", "The role defined for the function cannot be assumed by Lambda.");
        }

        if (standing == RoleStanding.AcceptedUnknown && _warned.Count < MaxWarned && _warned.TryAdd(spec.RoleArn!, true))
        {
            LogUnknownRole(spec.RoleArn!, role.Account);
        }

        var order = new SessionOrder { Account = role.Account, Duration = Duration, IssuerId = role.RoleId, InstanceId = instanceId };
        var credentials = issuer.IssueForRole(order, role.Name, spec.Name);
        return new FunctionCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken, credentials.Expiration);
    }

    [LoggerMessage(LogLevel.Warning, "Role {role} does not exist; while only the loopback root key exists it has full rights in account {account}.")]
    private partial void LogUnknownRole(string role, string account);
}
