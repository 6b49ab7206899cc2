using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.Lambda;
using Petrel.Aws.S3;
using Petrel.Server.Edge;
using Petrel.Server.Services.S3.Api;
using Petrel.Server.Services.S3.Events;
using Petrel.Server.Services.S3.Forms;
using Petrel.Server.Services.S3.Lifecycle;
using Petrel.Server.Services.S3.Store;
using Petrel.Server.Services.S3.Store.Content;
using Petrel.Server.Services.S3.Website;

namespace Petrel.Server.Services.S3;

/// <summary>Buckets and objects.</summary>
internal static class S3Module
{
    public static IServiceCollection AddS3(this IServiceCollection services) => services
        .AddSingleton<S3Store>()
        .AddSingleton<BucketStore>()
        .AddSingleton<ObjectStore>()
        .AddSingleton<ContentKeys>()
        .AddSingleton<ContentStore>()
        .AddSingleton<S3Stores>()
        .AddSingleton<GarbageCollector>()
        .AddHostedService(static provider => provider.GetRequiredService<GarbageCollector>())
        .AddSingleton<ObjectEvents>()
        .AddSingleton(static provider => new Lazy<ILambda>(provider.GetRequiredService<ILambda>))
        .AddSingleton<FunctionTargets>()
        .AddHostedService<EventDelivery>()
        .AddSingleton(static provider => (S3Service)provider.GetRequiredService<IS3>())
        .AddSingleton<IObjectReader, ObjectReader>()
        .AddSingleton<CorsAnswer>()
        .AddSingleton<IServiceCors>(static provider => provider.GetRequiredService<CorsAnswer>())
        .AddSingleton<IEdgeRoute, FormRoute>()
        .AddSingleton<IEdgeRoute, WebsiteRoute>()
        .AddSingleton<LifecycleSweeper>()
        .AddHostedService(static provider => provider.GetRequiredService<LifecycleSweeper>())
        .AddSingleton<S3Access>()
        .AddSingleton<IServiceAccess>(static provider => provider.GetRequiredService<S3Access>())
        .AddAwsService<IS3, S3Service>();
}
