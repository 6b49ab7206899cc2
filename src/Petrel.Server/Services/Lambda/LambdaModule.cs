using Microsoft.Extensions.DependencyInjection;
using Petrel.Server.Edge;
using Petrel.Server.Services.Lambda.Async;
using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Urls;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda;

internal static class LambdaModule
{
    public static IServiceCollection AddLambda(this IServiceCollection services) => services
        .AddSingleton<FunctionCache>()
        .AddSingleton<AccountLimits>()
        .AddSingleton<SpecFactory>()
        .AddSingleton<FunctionResolver>()
        .AddHostedService<PoolRetirement>()
        .AddSingleton<WorkQueue>()
        .AddSingleton<AsyncQueues>()
        .AddSingleton<AsyncDestinations>()
        .AddSingleton<AsyncRunner>()
        .AddSingleton<AsyncPollers>()
        .AddHostedService(provider => provider.GetRequiredService<AsyncPollers>())
        .AddSingleton<AsyncInvocations>()
        .AddSingleton<InvocationApi>()
        .AddSingleton<UrlDirectory>()
        .AddSingleton<UrlAccess>()
        .AddSingleton<IEdgeRoute, UrlRoute>();
}
