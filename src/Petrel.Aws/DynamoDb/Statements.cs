using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public partial interface IDynamoDb
{
    /// <summary>
    /// Runs one statement of PartiQL. Its table is authorised by the service, as <c>PartiQLSelect</c>, <c>PartiQLInsert</c>,
    /// <c>PartiQLUpdate</c> or <c>PartiQLDelete</c>.
    /// </summary>
    [Access("*", Open = true), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<ExecuteStatementResult> ExecuteStatement(ExecuteStatementRequest request, CallContext call);

    /// <summary>Runs up to 25 statements, each by itself: all read or all write one item.</summary>
    [Access("*", Open = true), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<BatchExecuteStatementResult> BatchExecuteStatement(BatchExecuteStatementRequest request, CallContext call);

    /// <summary>Runs up to 100 statements, all or none: all read or all write one item.</summary>
    [Access("*", Open = true), BodyLimit(DynamoDbPatterns.MaxBodyBytes)]
    Task<ExecuteTransactionResult> ExecuteTransaction(ExecuteTransactionRequest request, CallContext call);
}

/// <param name="Parameters">For the question marks of the statement, in their order.</param>
/// <param name="Limit">How many items are looked at.</param>
/// <param name="NextToken">As an answer to the same statement gave it.</param>
public sealed record ExecuteStatementRequest(
    [Length(1, 8192)] string Statement,
    [Length(1)] List<AttributeValue>? Parameters = null,
    bool ConsistentRead = false,
    [Length(1, 32768)] string? NextToken = null,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null,
    [Range(1, int.MaxValue)] int? Limit = null,
    [OneOf("ALL_OLD", "NONE")] string? ReturnValuesOnConditionCheckFailure = null);

/// <param name="NextToken">Where the next page begins; null at the end.</param>
public sealed record ExecuteStatementResult(
    IReadOnlyList<AttributeMap>? Items = null,
    string? NextToken = null,
    ConsumedCapacity? ConsumedCapacity = null,
    AttributeMap? LastEvaluatedKey = null);

public sealed record BatchExecuteStatementRequest(
    [Length(1, 25)] List<BatchStatementRequest> Statements,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null);

public sealed record BatchStatementRequest(
    [Length(1, 8192)] string Statement,
    [Length(1)] List<AttributeValue>? Parameters = null,
    bool ConsistentRead = false,
    [OneOf("ALL_OLD", "NONE")] string? ReturnValuesOnConditionCheckFailure = null);

/// <param name="Responses">One for each statement, in the order of the request.</param>
public sealed record BatchExecuteStatementResult(
    IReadOnlyList<BatchStatementResponse> Responses, IReadOnlyList<ConsumedCapacity>? ConsumedCapacity = null);

public sealed record BatchStatementResponse(BatchStatementError? Error = null, string? TableName = null, AttributeMap? Item = null);

/// <param name="Code">The name of the error without its ending: <c>ConditionalCheckFailed</c>.</param>
public sealed record BatchStatementError(string Code, string? Message = null, AttributeMap? Item = null);

/// <param name="ClientRequestToken">The same request with the same token is done once within ten minutes.</param>
public sealed record ExecuteTransactionRequest(
    [Length(1, 100)] List<ParameterizedStatement> TransactStatements,
    [Length(1, 36)] string? ClientRequestToken = null,
    [OneOf("INDEXES", "TOTAL", "NONE")] string? ReturnConsumedCapacity = null);

public sealed record ParameterizedStatement(
    [Length(1, 8192)] string Statement,
    [Length(1)] List<AttributeValue>? Parameters = null,
    [OneOf("ALL_OLD", "NONE")] string? ReturnValuesOnConditionCheckFailure = null);

public sealed record ExecuteTransactionResult(
    IReadOnlyList<ItemResponse> Responses, IReadOnlyList<ConsumedCapacity>? ConsumedCapacity = null);

/// <summary>There is an item with the key of the one that a statement inserts.</summary>
public sealed class DuplicateItemException() : ServiceException("DuplicateItemException", DefaultMessage, 400)
{
    public const string DefaultMessage = "Duplicate primary key exists in table";
}
