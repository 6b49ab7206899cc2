namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>Finds the folder of a group; with <paramref name="create"/> a group that is missing is made, else null.</summary>
internal delegate Task<string?> ResolveFolder(GroupLocation location, bool create);

/// <summary>Which group a log belongs to, and where its files are. A group that functions write to is made when it is missing.</summary>
internal sealed class GroupLocation(string account, string region, string name, ResolveFolder resolve)
{
    public string Account { get; } = account;

    public string Region { get; } = region;

    public string Name { get; } = name;

    public Task<string?> ResolveAsync(bool create) => resolve(this, create);
}
