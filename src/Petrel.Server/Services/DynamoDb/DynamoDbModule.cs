using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Edge;
using Petrel.Server.Services.DynamoDb.Api;
using Petrel.Server.Services.DynamoDb.Store;

namespace Petrel.Server.Services.DynamoDb;

/// <summary>Tables of items with indexes, streams, expiry and backups.</summary>
internal static class DynamoDbModule
{
    public static IServiceCollection AddDynamoDb(this IServiceCollection services) => services
        .AddSingleton<TableCache>()
        .AddAwsService<IDynamoDb, DynamoDbService>();
}
