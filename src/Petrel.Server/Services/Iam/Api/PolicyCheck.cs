using Petrel.Server.Edge;
using Petrel.Server.Services.Iam.Model.Policies;

namespace Petrel.Server.Services.Iam.Api;

/// <summary>Reads a policy as the authoriser will.</summary>
internal sealed class PolicyCheck : IPolicyCheck
{
    public string? FindProblem(string document)
    {
        try
        {
            PolicyParser.Parse(document, PolicyKind.Resource);
            return null;
        }
        catch (PolicyFormatException problem)
        {
            return problem.Message;
        }
    }
}
