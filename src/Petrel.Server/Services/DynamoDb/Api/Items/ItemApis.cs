namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>What does the work behind the operations on items.</summary>
internal sealed record ItemApis(
    ItemReads Reads,
    ItemWrites Writes,
    QueryApi Query,
    ScanApi Scan,
    BatchReads BatchReads,
    BatchWrites BatchWrites,
    TransactionReads TransactionReads,
    TransactionWrites TransactionWrites);
