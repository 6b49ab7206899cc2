using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Edge;
using Petrel.Server.Services.DynamoDb.Api;
using Petrel.Server.Services.DynamoDb.Api.Items;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;

namespace Petrel.Server.Services.DynamoDb;

/// <summary>Tables of items with indexes, streams, expiry and backups.</summary>
internal static class DynamoDbModule
{
    public static IServiceCollection AddDynamoDb(this IServiceCollection services) => services
        .AddSingleton<TableCache>()
        .AddDynamoDbItems()
        .AddAwsService<IDynamoDb, DynamoDbService>();

    private static IServiceCollection AddDynamoDbItems(this IServiceCollection services) => services
        .AddSingleton<TableAccess>()
        .AddSingleton<ItemWriter>()
        .AddSingleton<PlannedWrites>()
        .AddSingleton<ThroughputGuard>()
        .AddSingleton<SingleWrite>()
        .AddSingleton<Pages>()
        .AddSingleton<ItemReads>()
        .AddSingleton<ItemWrites>()
        .AddSingleton<QueryApi>()
        .AddSingleton<ScanApi>()
        .AddSingleton<BatchReads>()
        .AddSingleton<BatchWrites>()
        .AddSingleton<TransactionReads>()
        .AddSingleton<TransactionRun>()
        .AddSingleton<TransactionWrites>()
        .AddHostedService<TokenSweeper>()
        .AddSingleton<ItemApis>();
}
