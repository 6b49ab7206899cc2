using System.Text;
using Petrel.Aws.DynamoDb;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>Resource policies of tables: what one must look like, and which change may follow which.</summary>
internal static class PolicyRules
{
    private const int MaxBytes = 20 * 1024;
    private const string NoPolicy = "NO_POLICY";

    public static PolicyState? OfNewTable(string? document, IIdSource ids) => document is null ? null : Make(document, ids);

    /// <summary>The policy after a request to put one; the present one itself when it is the same document.</summary>
    public static PolicyState Put(TableState table, string document, string? expected, IIdSource ids)
    {
        CheckExpected(table, expected);
        return table.Policy is { } present && present.Document == document ? present : Make(document, ids);
    }

    /// <exception cref="PolicyNotFoundException">The table's policy is another than the caller expects.</exception>
    public static void CheckExpected(TableState table, string? expected)
    {
        if (expected is null || expected == (table.Policy?.Revision ?? NoPolicy))
        {
            return;
        }

        throw new PolicyNotFoundException("Resource-based policy not found for the provided ResourceArn: " + (table.Policy, expected) switch
        {
            ({ } present, NoPolicy) => $"Requested policy update expecting none to be present for table {table.Name}, "
                + $"but a policy exists with revision id {present.Revision}.",
            ({ } present, _) => $"Requested update for policy with revision id {expected}, "
                + $"but the policy associated to target table {table.Name} has revision id {present.Revision}.",
            _ => $"Requested update for policy with revision id {expected}, but table {table.Name} has no policy.",
        });
    }

    /// <summary>The size of a policy; what it says is for <see cref="Edge.IPolicyCheck"/>.</summary>
    private static PolicyState Make(string document, IIdSource ids) => Encoding.UTF8.GetByteCount(document) <= MaxBytes
        ? new PolicyState(document, ids.NextGuid().ToString())
        : throw CommonException.Validation("Resource-based policy document size exceeds the limit of 20 KB");
}
