namespace Petrel.Wire;

/// <summary>
/// Who calls, from where, and within which account and region: the second parameter of every operation. Services call each other through
/// their contracts with the caller's own context, so that an indirect call has no more rights than a direct one.
/// </summary>
public sealed record CallContext
{
    /// <summary>The account whose resources the call sees: 12 digits.</summary>
    public required string Account { get; init; }

    /// <summary>The region, from the signature's scope.</summary>
    public required string Region { get; init; }

    public required Principal Caller { get; init; }

    public required string RequestId { get; init; }

    /// <summary>Scheme, host and port as the client asked, for URLs in answers: <c>http://localhost:4566</c>.</summary>
    public required Uri Endpoint { get; init; }

    public string? SourceIp { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>Cancelled when the client has gone.</summary>
    public CancellationToken Aborted { get; init; }

    /// <summary>An ARN in the caller's account and region.</summary>
    public string Arn(string service, string resource) => $"arn:aws:{service}:{Region}:{Account}:{resource}";
}

/// <summary>What kind of identity a caller has.</summary>
public enum PrincipalKind
{
    /// <summary>No signature: only resource policies and open routes can allow the call.</summary>
    Anonymous,

    /// <summary>The account itself: allowed everything in it.</summary>
    Root,
    User,
    AssumedRole,

    /// <summary>A service of the platform on behalf of a resource (an event source, a gateway).</summary>
    Service,
}

/// <summary>An authenticated identity.</summary>
/// <param name="Arn">As <c>GetCallerIdentity</c> says it: <c>arn:aws:sts::000000000000:assumed-role/name/session</c>.</param>
/// <param name="PrincipalId">The <c>UserId</c> of <c>GetCallerIdentity</c>.</param>
/// <param name="Role">The role's name, for an assumed role.</param>
/// <param name="ServiceName">For a service: <c>s3.amazonaws.com</c>.</param>
/// <param name="SourceArn">For a service: the resource on whose behalf it calls.</param>
/// <param name="Session">What temporary credentials carry; null for keys that stay.</param>
public sealed record Principal(
    PrincipalKind Kind,
    string Account,
    string Arn,
    string PrincipalId,
    string? AccessKeyId = null,
    string? Role = null,
    string? ServiceName = null,
    string? SourceArn = null,
    PrincipalSession? Session = null)
{
    public static readonly Principal Anonymous = new(PrincipalKind.Anonymous, "anonymous", "anonymous", "anonymous");

    public static Principal Root(string account, string? accessKeyId = null) =>
        new(PrincipalKind.Root, account, $"arn:aws:iam::{account}:root", account, accessKeyId);
}

/// <summary>What temporary credentials carry, sealed in their token.</summary>
/// <param name="IssuerId">The unique id of the role or user behind the session: one that was deleted and made anew is another. Null for a role that was never made.</param>
/// <param name="Policies">Session policies (JSON), which limit what the role allows; null for none.</param>
/// <param name="InstanceId">The sandbox outside of which the credentials are refused.</param>
public sealed record PrincipalSession(
    DateTimeOffset IssuedAt,
    DateTimeOffset Expiration,
    string? IssuerId = null,
    IReadOnlyList<string>? Policies = null,
    IReadOnlyDictionary<string, string>? Tags = null,
    string? InstanceId = null);
