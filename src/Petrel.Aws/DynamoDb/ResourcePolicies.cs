using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public partial interface IDynamoDb
{
    [Access("{ResourceArn}")]
    Task<PutResourcePolicyResult> PutResourcePolicy(PutResourcePolicyRequest request, CallContext call);

    /// <exception cref="PolicyNotFoundException"/>
    [Access("{ResourceArn}")]
    Task<GetResourcePolicyResult> GetResourcePolicy(GetResourcePolicyRequest request, CallContext call);

    [Access("{ResourceArn}")]
    Task<DeleteResourcePolicyResult> DeleteResourcePolicy(DeleteResourcePolicyRequest request, CallContext call);
}

/// <param name="ExpectedRevisionId"><c>NO_POLICY</c> where none may be there.</param>
/// <param name="ConfirmRemoveSelfResourceAccess">Needed for a policy that denies its writer the next one.</param>
public sealed record PutResourcePolicyRequest(
    [Length(1, 1283)] string ResourceArn,
    string Policy,
    [Length(1, 255)] string? ExpectedRevisionId = null,
    bool ConfirmRemoveSelfResourceAccess = false);

public sealed record PutResourcePolicyResult(string RevisionId);

public sealed record GetResourcePolicyRequest([Length(1, 1283)] string ResourceArn);

public sealed record GetResourcePolicyResult(string Policy, string RevisionId);

public sealed record DeleteResourcePolicyRequest([Length(1, 1283)] string ResourceArn, [Length(1, 255)] string? ExpectedRevisionId = null);

public sealed record DeleteResourcePolicyResult(string? RevisionId = null);
