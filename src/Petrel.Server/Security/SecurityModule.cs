using Microsoft.Extensions.DependencyInjection;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel.Server.Security;

/// <summary>Keys and sealing, which services share.</summary>
internal static class SecurityModule
{
    public static IServiceCollection AddPetrelSecurity(this IServiceCollection services) => services
        .AddSingleton<ISecretBox>(provider => new SecretBox(MasterKey(provider), provider.GetRequiredService<IIdSource>()))
        .AddSingleton(provider => new RootKeys(
            provider.GetRequiredService<PetrelOptions>(),
            Folder(provider),
            provider.GetRequiredService<ISecretBox>()));

    private static byte[] MasterKey(IServiceProvider provider)
    {
        var ids = provider.GetRequiredService<IIdSource>();
        if (Folder(provider) is { } folder)
        {
            return folder.LoadOrCreateMaster(ids);
        }

        var key = new byte[SecretBox.KeyBytes];
        ids.Fill(key);
        return key;
    }

    /// <summary>A store in memory leaves nothing behind, and its key neither.</summary>
    private static KeyFolder? Folder(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<PetrelOptions>();
        return options.Storage.Engine == "memory" ? null : new KeyFolder(options.Storage.Data);
    }
}
