using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api;

/// <content>Statements of PartiQL.</content>
internal sealed partial class DynamoDbService
{
    public Task<ExecuteStatementResult> ExecuteStatement(ExecuteStatementRequest request, CallContext call) =>
        statements.One.ExecuteAsync(request, call);

    public Task<BatchExecuteStatementResult> BatchExecuteStatement(BatchExecuteStatementRequest request, CallContext call) =>
        statements.Batch.ExecuteAsync(request, call);

    public Task<ExecuteTransactionResult> ExecuteTransaction(ExecuteTransactionRequest request, CallContext call) =>
        statements.Transaction.ExecuteAsync(request, call);
}
