using Petrel.Wire;

namespace Petrel.Aws.Iam;

public partial interface IIam
{
    /// <exception cref="IamException">LimitExceeded (five versions), MalformedPolicyDocument, NoSuchEntity.</exception>
    [Access("{PolicyArn}")]
    Task<CreatePolicyVersionResult> CreatePolicyVersion(CreatePolicyVersionRequest request, CallContext call);

    [Access("{PolicyArn}")]
    Task<GetPolicyVersionResult> GetPolicyVersion(GetPolicyVersionRequest request, CallContext call);

    [Access("{PolicyArn}")]
    Task<ListPolicyVersionsResult> ListPolicyVersions(ListPolicyVersionsRequest request, CallContext call);

    [Access("{PolicyArn}")]
    Task SetDefaultPolicyVersion(SetDefaultPolicyVersionRequest request, CallContext call);

    /// <exception cref="IamException">DeleteConflict for the version in force.</exception>
    [Access("{PolicyArn}")]
    Task DeletePolicyVersion(DeletePolicyVersionRequest request, CallContext call);
}

/// <param name="Document">Percent-encoded.</param>
public sealed record PolicyVersion(string VersionId, bool IsDefaultVersion, DateTimeOffset CreateDate, string? Document = null);

public sealed record CreatePolicyVersionRequest(
    [Length(20, 2_048)] string PolicyArn,
    [Length(1, 131_072)] string PolicyDocument,
    bool SetAsDefault = false);

public sealed record CreatePolicyVersionResult(PolicyVersion PolicyVersion);

public sealed record GetPolicyVersionRequest([Length(20, 2_048)] string PolicyArn, string VersionId);

public sealed record GetPolicyVersionResult(PolicyVersion PolicyVersion);

public sealed record ListPolicyVersionsRequest(
    [Length(20, 2_048)] string PolicyArn,
    [Length(1, 320)] string? Marker = null,
    [Range(1, 1_000)] int? MaxItems = null);

public sealed record ListPolicyVersionsResult(IReadOnlyList<PolicyVersion> Versions, bool IsTruncated = false, string? Marker = null);

public sealed record SetDefaultPolicyVersionRequest([Length(20, 2_048)] string PolicyArn, string VersionId);

public sealed record DeletePolicyVersionRequest([Length(20, 2_048)] string PolicyArn, string VersionId);
