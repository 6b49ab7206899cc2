using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Petrel.Aws.Lambda;
using Petrel.Server.Edge;
using Petrel.Server.Services.Lambda.Api;
using Petrel.Server.Services.Lambda.Async;
using Petrel.Server.Services.Lambda.EventSources;
using Petrel.Server.Services.Lambda.Images;
using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Server.Services.Lambda.Urls;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda;

internal static class LambdaModule
{
    public static IServiceCollection AddLambda(this IServiceCollection services) => services
        .AddAwsService<ILambda, LambdaService>()
        .AddLambdaApis()
        .AddLambdaPackages()
        .AddSingleton<EnvironmentSeal>()
        .AddSingleton<FunctionLedger>()
        .AddSingleton<FunctionCache>()
        .AddSingleton<AccountLimits>()
        .AddSingleton<SpecFactory>()
        .AddSingleton<FunctionResolver>()
        .AddSingleton<RoleRights>()
        .AddHosted<ProvisionedKeeper>()
        .AddHostedService<PoolRetirement>()
        .AddHostedService<Foresight>()
        .AddSingleton<WorkQueue>()
        .AddSingleton<AsyncQueues>()
        .AddSingleton<AsyncDestinations>()
        .AddSingleton<AsyncRunner>()
        .AddHosted<AsyncPollers>()
        .AddSingleton<AsyncInvocations>()
        .AddSingleton<InvocationApi>()
        .AddLambdaMappings()
        .AddSingleton<UrlDirectory>()
        .AddSingleton<UrlAccess>()
        .AddSingleton<IEdgeRoute, UrlRoute>();

    private static IServiceCollection AddLambdaApis(this IServiceCollection services) => services
        .AddSingleton<LambdaApis>()
        .AddSingleton<FunctionWrites>()
        .AddSingleton<FunctionReads>()
        .AddHosted<FunctionRemoval>()
        .AddSingleton<VersionsApi>()
        .AddSingleton<AliasesApi>()
        .AddSingleton<LayersApi>()
        .AddSingleton<LayerPermissionsApi>()
        .AddSingleton<ConcurrencyApi>()
        .AddSingleton<ProvisionedApi>()
        .AddSingleton<UrlsApi>()
        .AddSingleton<PermissionsApi>()
        .AddSingleton<TagsApi>()
        .AddSingleton<AccountApi>()
        .AddSingleton<EventInvokeApi>()
        .AddSingleton<MappingsApi>()
        .AddSingleton<SettingsApi>()
        .AddSingleton<Preparation>()
        .AddSingleton<LayerLookup>()
        .AddSingleton<RoleGuard>()
        .AddSingleton<LambdaResources>()
        .AddSingleton<IResourceNamer>(provider => provider.GetRequiredService<LambdaResources>())
        .AddSingleton<IResourcePolicySource>(provider => provider.GetRequiredService<LambdaResources>());

    private static IServiceCollection AddLambdaMappings(this IServiceCollection services) => services
        .AddSingleton<MappingSources>()
        .AddSingleton<MappingLedger>()
        .AddSingleton<MappingInvoker>()
        .AddSingleton<MappingLog>()
        .AddSingleton<MappingParts>()
        .AddSingleton<SourceGuard>()
        .AddSingleton<MappingRedrive>()
        .AddSingleton<IEdgeRoute, MappingRoute>()
        .AddHosted<MappingPollers>();

    private static IServiceCollection AddLambdaPackages(this IServiceCollection services) => services
        .AddSingleton(CodeFolders.Open)
        .AddSingleton<ImageTools>()
        .AddSingleton<ImageLibrary>()
        .AddSingleton<PackageLibrary>()
        .AddSingleton<PackageSource>()
        .AddSingleton<ICodeLibrary>(provider => provider.GetRequiredService<PackageLibrary>())
        .AddHosted<Preparer>()
        .AddHosted<PackageCollector>()
        .AddSingleton<PackageLinks>()
        .AddSingleton<IEdgeRoute, PackageRoute>();

    /// <summary>One instance that others use and that starts and stops with the daemon.</summary>
    private static IServiceCollection AddHosted<T>(this IServiceCollection services)
        where T : class, IHostedService => services
        .AddSingleton<T>()
        .AddHostedService(provider => provider.GetRequiredService<T>());
}
