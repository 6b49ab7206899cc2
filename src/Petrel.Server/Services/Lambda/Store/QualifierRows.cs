using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>What is stored of a qualifier: its one or two versions, the alias that names them, and its settings.</summary>
internal sealed record QualifierRows(AliasRecord? Alias, VersionRecord Primary, VersionRecord? Other, EventInvokeRecord? EventInvoke)
{
    /// <summary>Null when the function has no such version or alias.</summary>
    public static async ValueTask<QualifierRows?> ReadAsync(IReadTransaction tx, FunctionRecord function, string? qualifier)
    {
        var events = await EventInvokeStore.Configs.GetAsync(tx, function, qualifier ?? VersionName.Latest);
        if (await VersionAsync(tx, function, qualifier ?? VersionName.Latest) is { } direct)
        {
            return new QualifierRows(null, direct, null, events);
        }

        if (qualifier is null
            || await AliasStore.Aliases.GetAsync(tx, function, qualifier) is not { } alias
            || await VersionAsync(tx, function, alias.Version) is not { } primary)
        {
            return null;
        }

        var other = alias.OtherVersion is { } second ? await VersionAsync(tx, function, second) : null;
        return new QualifierRows(alias, primary, other, events);
    }

    private static async ValueTask<VersionRecord?> VersionAsync(IReadTransaction tx, FunctionRecord function, string name)
    {
        if (name == VersionName.Latest)
        {
            return Invocable(function);
        }

        return VersionName.TryParse(name, out var number) ? await VersionStore.GetAsync(tx, function.Id, number) : null;
    }

    private static VersionRecord Invocable(FunctionRecord function) => function.Running ?? function.Latest;
}
