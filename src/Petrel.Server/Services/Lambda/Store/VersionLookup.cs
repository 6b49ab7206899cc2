using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Versions as answers show them, by version or alias.</summary>
internal static class VersionLookup
{
    /// <summary>Null when the function has no such version or alias; no qualifier means <c>$LATEST</c>.</summary>
    public static async ValueTask<VersionRecord?> FindAsync(IReadTransaction tx, FunctionRecord function, string? qualifier)
    {
        if (qualifier is null or VersionName.Latest)
        {
            return function.Latest;
        }

        if (VersionName.TryParse(qualifier, out var number))
        {
            return await VersionStore.GetAsync(tx, function.Id, number);
        }

        return await AliasStore.Aliases.GetAsync(tx, function, qualifier) is { } alias ? await FindAsync(tx, function, alias.Version) : null;
    }
}
