using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>Resource policies of tables. They act: the edge asks for them (<see cref="DynamoDbResources"/>).</summary>
internal sealed class PoliciesApi(TableLedger ledger, PolicyGate gate, IIdSource ids)
{
    public async Task<PutResourcePolicyResult> PutAsync(PutResourcePolicyRequest request, CallContext call)
    {
        gate.Check(request.Policy);
        var changed = await ledger.ChangeAsync(
            Parse(request.ResourceArn, "PutResourcePolicy"),
            table => PolicyRules.Put(table, request.Policy, request.ExpectedRevisionId, ids) is var policy && ReferenceEquals(policy, table.Policy)
                ? table
                : table with { Policy = policy },
            call.Aborted);
        return new PutResourcePolicyResult(changed.Policy!.Revision);
    }

    public async Task<GetResourcePolicyResult> GetAsync(GetResourcePolicyRequest request, CallContext call)
    {
        var table = await ledger.GetAsync(Parse(request.ResourceArn, "GetResourcePolicy"), call.Aborted);
        return table.Policy is { } policy
            ? new GetResourcePolicyResult(policy.Document, policy.Revision)
            : throw new PolicyNotFoundException($"Resource-based policy not found for the provided ResourceArn: {request.ResourceArn}");
    }

    /// <summary>To delete a policy that is not there is no error; only then the answer names none.</summary>
    public async Task<DeleteResourcePolicyResult> DeleteAsync(DeleteResourcePolicyRequest request, CallContext call)
    {
        string? gone = null;
        await ledger.ChangeAsync(
            Parse(request.ResourceArn, "DeleteResourcePolicy"),
            table =>
            {
                PolicyRules.CheckExpected(table, request.ExpectedRevisionId);
                gone = table.Policy?.Revision;
                return gone is null ? table : table with { Policy = null };
            },
            call.Aborted);
        return new DeleteResourcePolicyResult(gone);
    }

    private static TableKey Parse(string arn, string operation)
    {
        if (arn.Contains("/stream/", StringComparison.Ordinal))
        {
            throw CommonException.NotImplemented("dynamodb", $"{operation} of streams");
        }

        return TableArns.OfTable(arn) is { } key
            ? key
            : throw CommonException.Validation($"Invalid ResourceArn: {arn}");
    }
}
