using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Api.Items;
using Petrel.Server.Services.DynamoDb.Api.PartiQl;
using Petrel.Server.Services.DynamoDb.Api.Tables;

namespace Petrel.Server.Services.DynamoDb.Api;

/// <summary>The operations of DynamoDB, partial by noun: each hands its request to the class of its noun.</summary>
internal sealed partial class DynamoDbService(ItemApis items, StatementApis statements, TableApis tables) : IDynamoDb;
