namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>Which group a log belongs to, and where its files are; a group that functions write to is made when it is missing.</summary>
internal sealed class GroupLocation(string account, string region, string name, Func<GroupLocation, Task<string>> resolve)
{
    public string Account { get; } = account;

    public string Region { get; } = region;

    public string Name { get; } = name;

    /// <summary>The folder of the group's segments.</summary>
    public Task<string> ResolveAsync() => resolve(this);
}
