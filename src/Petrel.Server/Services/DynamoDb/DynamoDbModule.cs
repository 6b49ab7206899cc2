using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Petrel.Aws.DynamoDb;
using Petrel.Aws.DynamoDbStreams;
using Petrel.Aws.EventSources;
using Petrel.Server.Edge;
using Petrel.Server.Services.DynamoDb.Api;
using Petrel.Server.Services.DynamoDb.Api.Backups;
using Petrel.Server.Services.DynamoDb.Api.Items;
using Petrel.Server.Services.DynamoDb.Api.PartiQl;
using Petrel.Server.Services.DynamoDb.Api.Streams;
using Petrel.Server.Services.DynamoDb.Api.Tables;
using Petrel.Server.Services.DynamoDb.Jobs;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Server.Services.DynamoDb.Store.Streams;
using Petrel.Storage;
using StreamReader = Petrel.Server.Services.DynamoDb.Store.Streams.StreamReader;

namespace Petrel.Server.Services.DynamoDb;

/// <summary>Tables of items with indexes, streams, expiry and backups.</summary>
internal static class DynamoDbModule
{
    public static IServiceCollection AddDynamoDb(this IServiceCollection services) => services
        .AddSingleton<TableCache>()
        .AddDynamoDbItems()
        .AddDynamoDbTables()
        .AddDynamoDbStreams()
        .AddDynamoDbJobs()
        .AddDynamoDbStatements()
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

    private static IServiceCollection AddDynamoDbTables(this IServiceCollection services) => services
        .AddSingleton<TableLedger>()
        .AddSingleton<TableStreams>()
        .AddSingleton<TableRemoval>()
        .AddSingleton<TablesApi>()
        .AddSingleton<TableChanges>()
        .AddSingleton<TagsApi>()
        .AddSingleton<TimeToLiveApi>()
        .AddSingleton<PolicyGate>()
        .AddSingleton<PoliciesApi>()
        .AddSingleton<BackupsApi>()
        .AddSingleton<ContinuousBackupsApi>()
        .AddSingleton<RestoresApi>()
        .AddSingleton<TableApis>()
        .AddSingleton<DynamoDbResources>()
        .AddSingleton<IResourceNamer>(provider => provider.GetRequiredService<DynamoDbResources>())
        .AddSingleton<IResourcePolicySource>(provider => provider.GetRequiredService<DynamoDbResources>());

    private static IServiceCollection AddDynamoDbStreams(this IServiceCollection services) => services
        .AddSingleton<IItemFollower, StreamLog>()
        .AddSingleton<StreamReader>()
        .AddSingleton<IEventSource, TableStreamSource>()
        .AddHosted<StreamSweeper>()
        .AddAwsService<IDynamoDbStreams, StreamsService>();

    /// <summary>What goes on beside requests, and what follows each write for it.</summary>
    private static IServiceCollection AddDynamoDbJobs(this IServiceCollection services)
    {
        services.TryAddSingleton<EventLog>();
        return services
            .AddSingleton<TtlRows>()
            .AddSingleton<HistoryLog>()
            .AddSingleton<IItemFollower>(provider => provider.GetRequiredService<TtlRows>())
            .AddSingleton<IItemFollower>(provider => provider.GetRequiredService<HistoryLog>())
            .AddSingleton<ChunkSize>()
            .AddSingleton<CopyEnd>()
            .AddSingleton<ITableWork, IndexFill>()
            .AddSingleton<ITableWork, ExpiryFill>()
            .AddSingleton<ITableWork, RowPurge>()
            .AddSingleton<ITableWork, ItemCopy>()
            .AddSingleton<ExpirySweep>()
            .AddSingleton<BackupSweep>()
            .AddHosted<TableJobs>()
            .AddHosted<TableSweeper>();
    }

    /// <summary>One instance that others use and that starts and stops with the daemon.</summary>
    private static IServiceCollection AddHosted<T>(this IServiceCollection services)
        where T : class, IHostedService => services
        .AddSingleton<T>()
        .AddHostedService(provider => provider.GetRequiredService<T>());

    private static IServiceCollection AddDynamoDbStatements(this IServiceCollection services) => services
        .AddSingleton<StatementApi>()
        .AddSingleton<StatementBatchApi>()
        .AddSingleton<StatementTransactionApi>()
        .AddSingleton<StatementApis>();
}
