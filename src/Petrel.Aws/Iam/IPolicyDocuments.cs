namespace Petrel.Aws.Iam;

/// <summary>What other services ask of the policies that their resources carry.</summary>
public interface IPolicyDocuments
{
    /// <summary>Why a text is no policy of a resource; null when it is one.</summary>
    string? FindFault(string document);
}
