using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.Iam;
using Petrel.Server.Edge;
using Petrel.Server.Services.Iam.Api;
using Petrel.Server.Services.Iam.Model;
using Petrel.Server.Services.Iam.Store;

namespace Petrel.Server.Services.Iam;

/// <summary>Identities and what they may do.</summary>
internal static class IamModule
{
    public static IServiceCollection AddIam(this IServiceCollection services) => services
        .AddSingleton<IPolicyDocuments, PolicyDocuments>()
        .AddSingleton<IamStore>()
        .AddSingleton<PolicyCache>()
        .AddSingleton<IdentityDirectory>()
        .AddSingleton<IamAuthorizer>()
        .AddSingleton<IAuthorizer>(provider => provider.GetRequiredService<IamAuthorizer>())
        .AddSingleton<IRoleCheck, RoleCheck>()
        .AddSingleton<IAccessKeys, AccessKeys>()
        .AddSingleton<IPolicyCheck, PolicyCheck>()
        .AddSingleton<IResourceNamer, IamResources>()
        .AddAwsService<IIam, IamService>();
}
