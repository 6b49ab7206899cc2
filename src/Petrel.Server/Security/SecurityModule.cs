using Microsoft.Extensions.DependencyInjection;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel.Server.Security;

/// <summary>Keys and sealing, which services share.</summary>
internal static class SecurityModule
{
    public static IServiceCollection AddPetrelSecurity(this IServiceCollection services) => services
        .AddSingleton<ISecretBox>(provider => new SecretBox(MasterKey(provider), provider.GetRequiredService<IIdSource>()))
        .AddSingleton(provider => new InstallationKeys(RootKeyFile.Read(provider.GetRequiredService<PetrelOptions>().Storage).Count > 0));

    /// <summary>A store in memory leaves nothing behind, and its key neither.</summary>
    private static byte[] MasterKey(IServiceProvider provider)
    {
        var ids = provider.GetRequiredService<IIdSource>();
        var storage = provider.GetRequiredService<PetrelOptions>().Storage;
        if (storage.Engine != "memory")
        {
            return MasterKeyFile.LoadOrCreate(storage.Data, ids);
        }

        var key = new byte[SecretBox.KeyBytes];
        ids.Fill(key);
        return key;
    }
}
