namespace Petrel.Aws.DynamoDb;

/// <summary>Sizes and names of the service's model.</summary>
internal static class DynamoDbPatterns
{
    /// <summary>What one request may carry: <c>BatchWriteItem</c> takes 16 MB.</summary>
    public const int MaxBodyBytes = 16 * 1024 * 1024;

    public const string IndexName = "[a-zA-Z0-9_.-]+";
}
