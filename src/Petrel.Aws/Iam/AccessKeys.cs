using Petrel.Wire;

namespace Petrel.Aws.Iam;

public partial interface IIam
{
    /// <summary>A key of a user (the caller without a name); the secret is told only here.</summary>
    /// <exception cref="IamException">NoSuchEntity, LimitExceeded (two keys a user).</exception>
    [Access("user/{UserName}")]
    Task<CreateAccessKeyResult> CreateAccessKey(CreateAccessKeyRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task UpdateAccessKey(UpdateAccessKeyRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task DeleteAccessKey(DeleteAccessKeyRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task<ListAccessKeysResult> ListAccessKeys(ListAccessKeysRequest request, CallContext call);
}

public sealed record AccessKey(string UserName, string AccessKeyId, string Status, string SecretAccessKey, DateTimeOffset CreateDate);

public sealed record AccessKeyMetadata(string UserName, string AccessKeyId, string Status, DateTimeOffset CreateDate);

public sealed record CreateAccessKeyRequest([Length(1, 128)] string? UserName = null);

public sealed record CreateAccessKeyResult(AccessKey AccessKey);

public sealed record UpdateAccessKeyRequest(
    [Length(16, 128)] string AccessKeyId,
    [OneOf("Active", "Inactive")] string Status,
    [Length(1, 128)] string? UserName = null);

public sealed record DeleteAccessKeyRequest([Length(16, 128)] string AccessKeyId, [Length(1, 128)] string? UserName = null);

public sealed record ListAccessKeysRequest(
    [Length(1, 128)] string? UserName = null,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);

public sealed record ListAccessKeysResult(
    IReadOnlyList<AccessKeyMetadata> AccessKeyMetadata,
    bool IsTruncated = false,
    string? Marker = null);
