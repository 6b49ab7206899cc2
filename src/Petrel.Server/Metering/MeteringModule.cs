using Microsoft.Extensions.DependencyInjection;
using Petrel.Functions;
using Petrel.Server.Edge;
using Petrel.Server.Metering.Api;
using Petrel.Server.Metering.Model;
using Petrel.Server.Settings;

namespace Petrel.Server.Metering;

/// <summary>What functions use, what it would cost elsewhere, and what they may use.</summary>
internal static class MeteringModule
{
    /// <exception cref="SettingsException">The price table cannot be used.</exception>
    public static IServiceCollection AddMetering(this IServiceCollection services, MeteringOptions options) => services
        .AddSingleton(PriceFile.Load(options.Prices))
        .AddSingleton<UsageMeter>()
        .AddSingleton<IUsageMeter>(provider => provider.GetRequiredService<UsageMeter>())
        .AddSingleton<IBudgetGuard>(provider => provider.GetRequiredService<UsageMeter>())
        .AddSingleton<UsageLedger>()
        .AddSingleton<BudgetKeeper>()
        .AddSingleton<MeteringLoop>()
        .AddHostedService(provider => provider.GetRequiredService<MeteringLoop>())
        .AddSingleton<MeteringMetrics>()
        .AddHostedService(provider => provider.GetRequiredService<MeteringMetrics>())
        .AddSingleton<IEdgeRoute, UsageRoute>()
        .AddSingleton<IEdgeRoute, PricesRoute>()
        .AddSingleton<IEdgeRoute, BudgetRoute>()
        .AddSingleton<IEdgeRoute, ActivityRoute>();
}
