namespace Petrel.Server.Services.DynamoDb.Api.PartiQl;

/// <summary>What does the work behind the operations on statements.</summary>
internal sealed record StatementApis(StatementApi One, StatementBatchApi Batch, StatementTransactionApi Transaction);
