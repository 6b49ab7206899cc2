using Microsoft.Extensions.DependencyInjection;
using Petrel.Server.Edge;

namespace Petrel.Server.Administration;

/// <summary>What whoever runs an installation asks of it.</summary>
internal static class AdministrationModule
{
    public static IServiceCollection AddPetrelAdministration(this IServiceCollection services) => services
        .AddSingleton<IEdgeRoute, BackupRoute>();
}
