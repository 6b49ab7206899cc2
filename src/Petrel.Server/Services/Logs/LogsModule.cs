using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.Logs;
using Petrel.Functions;
using Petrel.Server.Edge;
using Petrel.Server.Services.Logs.Api;
using Petrel.Server.Services.Logs.Store;
using Petrel.Server.Services.Logs.Store.Segments;

namespace Petrel.Server.Services.Logs;

/// <summary>Log groups: what functions print and clients put, kept in segment files outside the store.</summary>
internal static class LogsModule
{
    public static IServiceCollection AddLogs(this IServiceCollection services) => services
        .AddSingleton<LogGroupStore>()
        .AddSingleton<LogTicker>()
        .AddSingleton<LogDirectory>()
        .AddSingleton<IFunctionLogs, FunctionLogs>()
        .AddSingleton<ILogTail, LogTail>()
        .AddHostedService<RetentionSweeper>()
        .AddSingleton<IResourceNamer, LogResources>()
        .AddAwsService<ILogs, LogsService>();
}
