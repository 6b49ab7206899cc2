using Petrel.Server.Edge;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>Refuses resource policies that could not be evaluated.</summary>
internal sealed class PolicyGate(IEnumerable<IPolicyCheck> checks)
{
    public void Check(string? document)
    {
        foreach (var check in checks)
        {
            if (document is not null && check.FindProblem(document) is { } problem)
            {
                throw CommonException.Validation($"Invalid policy document: {problem}");
            }
        }
    }
}
