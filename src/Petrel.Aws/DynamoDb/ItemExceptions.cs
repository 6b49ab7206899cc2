using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

/// <summary>The condition of a write does not hold.</summary>
/// <param name="item">The item as it is, when the request asked for it.</param>
public sealed class ConditionalCheckFailedException(AttributeMap? item = null)
    : ServiceException("ConditionalCheckFailedException", DefaultMessage, 400)
{
    public const string DefaultMessage = "The conditional request failed";

    public AttributeMap? Item { get; } = item;

    public override IEnumerable<KeyValuePair<string, object?>> Members => [new("Item", Item)];
}

/// <summary>A table or index with provisioned throughput has none left.</summary>
public sealed class ProvisionedThroughputExceededException(string message)
    : ServiceException("ProvisionedThroughputExceededException", message, 400)
{
    public static ProvisionedThroughputExceededException Table() => new(
        "The level of configured provisioned throughput for the table was exceeded. "
        + "Consider increasing your provisioning level with the UpdateTable API.");

    public static ProvisionedThroughputExceededException Index() => new(
        "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. "
        + "Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API");
}

/// <summary>The items of one partition key, with their entries in local indexes, would be larger than 10 GB.</summary>
public sealed class ItemCollectionSizeLimitExceededException(string message)
    : ServiceException("ItemCollectionSizeLimitExceededException", message, 400);

/// <summary>The transaction changed nothing.</summary>
/// <param name="reasons">One for each item, in the order of the request.</param>
public sealed class TransactionCanceledException(IReadOnlyList<CancellationReason> reasons)
    : ServiceException("TransactionCanceledException", Describe(reasons), 400)
{
    public IReadOnlyList<CancellationReason> Reasons { get; } = reasons;

    public override string MessageName => "Message";

    public override IEnumerable<KeyValuePair<string, object?>> Members => [new("CancellationReasons", new List<CancellationReason>(Reasons))];

    private static string Describe(IReadOnlyList<CancellationReason> reasons) =>
        $"Transaction cancelled, please refer cancellation reasons for specific reasons [{string.Join(", ", reasons.Select(static r => r.Code))}]";
}

/// <summary>The token was used within ten minutes with another request.</summary>
public sealed class IdempotentParameterMismatchException(string message)
    : ServiceException("IdempotentParameterMismatchException", message, 400)
{
    public override string MessageName => "Message";
}
