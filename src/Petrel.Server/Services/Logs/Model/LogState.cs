namespace Petrel.Server.Services.Logs.Model;

/// <summary>A log group.</summary>
/// <param name="Id">Names its folder: a group made anew under the same name never sees the old one's events.</param>
/// <param name="CreatedAt">Milliseconds since 1970.</param>
internal sealed record GroupState(
    ulong Id,
    string Name,
    long CreatedAt,
    int? RetentionDays = null,
    string? Class = null,
    bool DeletionProtected = false,
    SortedDictionary<string, string>? Tags = null);

/// <summary>A stream that a client made. Those of functions stand in the segments alone: they come and go with their events.</summary>
internal sealed record StreamState(ulong Id, string Name, long CreatedAt);

/// <summary>Where a group is.</summary>
internal readonly record struct GroupKey(string Account, string Region, string Name);
