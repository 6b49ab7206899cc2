using Petrel.Wire;

namespace Petrel.Aws.Sts;

/// <summary>Security Token Service: who the caller is, and temporary credentials.</summary>
[AwsService(
    "sts",
    Protocol.Query,
    ApiVersion = "2011-06-15",
    XmlNamespace = "https://sts.amazonaws.com/doc/2011-06-15/",
    NotImplemented =
    [
        "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "DecodeAuthorizationMessage", "GetDelegatedAccessToken",
        "GetFederationToken", "GetWebIdentityToken",
    ])]
public interface ISts
{
    /// <summary>The caller's account, ARN and unique id; needs no permission.</summary>
    [Access("*", Open = true)]
    Task<GetCallerIdentityResult> GetCallerIdentity(GetCallerIdentityRequest request, CallContext call);

    /// <summary>Temporary credentials of a role; its trust policy decides, together with the caller's policies.</summary>
    /// <exception cref="StsException">PackedPolicyTooLarge, MalformedPolicyDocument, ValidationError.</exception>
    [Access("*", Open = true)]
    Task<AssumeRoleResult> AssumeRole(AssumeRoleRequest request, CallContext call);

    /// <summary>Temporary credentials of the calling user or account.</summary>
    [Access("*", Open = true)]
    Task<GetSessionTokenResult> GetSessionToken(GetSessionTokenRequest request, CallContext call);

    /// <summary>The account to which an access key belongs.</summary>
    [Access("*")]
    Task<GetAccessKeyInfoResult> GetAccessKeyInfo(GetAccessKeyInfoRequest request, CallContext call);
}

public sealed record GetCallerIdentityRequest;

public sealed record GetCallerIdentityResult(string UserId, string Account, string Arn);

public sealed record AssumeRoleRequest(
    [Length(20, 2048)] string RoleArn,
    [Length(2, 64), Pattern(@"[\w+=,.@-]*")] string RoleSessionName,
    IReadOnlyList<PolicyDescriptor>? PolicyArns = null,
    [Length(1)] string? Policy = null,
    [Range(900, 43_200)] int? DurationSeconds = null,
    [Length(0, 50)] IReadOnlyList<StsTag>? Tags = null,
    [Length(0, 50)] IReadOnlyList<string>? TransitiveTagKeys = null,
    [Length(2, 1224), Pattern(@"[\w+=,.@:\/-]*")] string? ExternalId = null,
    [Length(9, 256), Pattern(@"[\w+=/:,.@-]*")] string? SerialNumber = null,
    [Length(6, 6), Pattern(@"[\d]*")] string? TokenCode = null,
    [Length(2, 64), Pattern(@"[\w+=,.@-]*")] string? SourceIdentity = null,
    [Length(0, 5)] IReadOnlyList<ProvidedContext>? ProvidedContexts = null);

public sealed record PolicyDescriptor([WireName("arn")] string? Arn = null);

public sealed record StsTag([Length(1, 128)] string Key, [Length(0, 256)] string Value);

public sealed record ProvidedContext(string? ProviderArn = null, string? ContextAssertion = null);

public sealed record AssumeRoleResult(
    StsCredentials Credentials,
    AssumedRoleUser AssumedRoleUser,
    int? PackedPolicySize = null,
    string? SourceIdentity = null);

public sealed record StsCredentials(string AccessKeyId, string SecretAccessKey, string SessionToken, DateTimeOffset Expiration);

public sealed record AssumedRoleUser(string AssumedRoleId, string Arn);

public sealed record GetSessionTokenRequest(
    [Range(900, 129_600)] int? DurationSeconds = null,
    [Length(9, 256), Pattern(@"[\w+=/:,.@-]*")] string? SerialNumber = null,
    [Length(6, 6), Pattern(@"[\d]*")] string? TokenCode = null);

public sealed record GetSessionTokenResult(StsCredentials Credentials);

public sealed record GetAccessKeyInfoRequest([Length(16, 128), Pattern(@"[\w]*")] string AccessKeyId);

public sealed record GetAccessKeyInfoResult(string? Account = null);

/// <summary>An error of the service, by its code on the wire.</summary>
public sealed class StsException(string code, string message, int status = 400) : ServiceException(code, message, status);
