namespace Petrel.Aws.DynamoDb;

/// <summary>Why one item of a transaction cancelled it.</summary>
/// <param name="Code"><c>None</c> for an item that did not.</param>
/// <param name="Item">The item as it is, when its condition failed and the request asked for it.</param>
public sealed record CancellationReason(string Code, string? Message = null, AttributeMap? Item = null);
