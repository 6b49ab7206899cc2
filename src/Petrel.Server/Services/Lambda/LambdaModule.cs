using Microsoft.Extensions.DependencyInjection;
using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Resolution;

namespace Petrel.Server.Services.Lambda;

internal static class LambdaModule
{
    public static IServiceCollection AddLambda(this IServiceCollection services) => services
        .AddSingleton<FunctionCache>()
        .AddSingleton<AccountLimits>()
        .AddSingleton<SpecFactory>()
        .AddSingleton<FunctionResolver>()
        .AddSingleton<InvocationApi>();
}
