using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.Sts;
using Petrel.Functions;
using Petrel.Server.Edge;
using Petrel.Server.Services.Sts.Api;
using Petrel.Server.Services.Sts.Model;

namespace Petrel.Server.Services.Sts;

/// <summary>Temporary credentials, and the secrets by which signatures are verified.</summary>
internal static class StsModule
{
    public static IServiceCollection AddSts(this IServiceCollection services) => services
        .AddSingleton<SessionTokens>()
        .AddSingleton<SessionIssuer>()
        .AddSingleton<ICredentialSource, CredentialSource>()
        .AddSingleton<IFunctionCredentials, FunctionCredentialIssuer>()
        .AddAwsService<ISts, StsService>();
}
