using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api;

/// <content>Items: one, several, many.</content>
internal sealed partial class DynamoDbService
{
    public Task<GetItemResult> GetItem(GetItemRequest request, CallContext call) => items.Reads.GetAsync(request, call);

    public Task<PutItemResult> PutItem(PutItemRequest request, CallContext call) => items.Writes.PutAsync(request, call);

    public Task<UpdateItemResult> UpdateItem(UpdateItemRequest request, CallContext call) => items.Writes.UpdateAsync(request, call);

    public Task<DeleteItemResult> DeleteItem(DeleteItemRequest request, CallContext call) => items.Writes.DeleteAsync(request, call);

    public Task<QueryResult> Query(QueryRequest request, CallContext call) => items.Query.QueryAsync(request, call);

    public Task<ScanResult> Scan(ScanRequest request, CallContext call) => items.Scan.ScanAsync(request, call);

    public Task<BatchGetItemResult> BatchGetItem(BatchGetItemRequest request, CallContext call) => items.BatchReads.GetAsync(request, call);

    public Task<BatchWriteItemResult> BatchWriteItem(BatchWriteItemRequest request, CallContext call) =>
        items.BatchWrites.WriteAsync(request, call);

    public Task<TransactGetItemsResult> TransactGetItems(TransactGetItemsRequest request, CallContext call) =>
        items.TransactionReads.GetAsync(request, call);

    public Task<TransactWriteItemsResult> TransactWriteItems(TransactWriteItemsRequest request, CallContext call) =>
        items.TransactionWrites.WriteAsync(request, call);
}
