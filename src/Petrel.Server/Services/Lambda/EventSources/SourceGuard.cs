using Petrel.Aws.EventSources;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>Whether a mapping's function may read its source: its role must be allowed everything that reading needs.</summary>
internal sealed class SourceGuard(IStore store, RoleRights rights)
{
    /// <summary>True while there is no function: then nothing is sent either.</summary>
    public async ValueTask<bool> AllowsAsync(MappingRecord mapping, IEventSource source)
    {
        try
        {
            var version = await store.ReadAsync(async tx => await FunctionStore.GetAsync(tx, mapping.Function) is { } function
                ? await VersionLookup.FindAsync(tx, function, mapping.Qualifier)
                : null);
            return version is null || await AllowsAsync(mapping.Function, version.Role, source, mapping.SourceArn);
        }
        catch (StoreException)
        {
            return true; // It is asked again soon, and reading needs the store as well.
        }
    }

    public async ValueTask<bool> AllowsAsync(FunctionKey function, string role, IEventSource source, string sourceArn)
    {
        foreach (var action in source.Traits.RequiredActions)
        {
            if (!await rights.AllowAsync(function, role, action, sourceArn))
            {
                return false;
            }
        }

        return true;
    }
}
