using Petrel.Aws.Iam;
using Petrel.Server.Services.Iam.Model.Policies;

namespace Petrel.Server.Services.Iam.Api;

/// <summary>Whether texts are policies that resources may carry.</summary>
internal sealed class PolicyDocuments : IPolicyDocuments
{
    public string? FindFault(string document)
    {
        try
        {
            PolicyParser.Parse(document, PolicyKind.Resource);
            return null;
        }
        catch (PolicyFormatException fault)
        {
            return fault.Message;
        }
    }
}
