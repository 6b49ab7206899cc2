using System.Text.Json.Serialization;
using Petrel.Server.Services.DynamoDb.Model.Tables;

namespace Petrel.Server.Services.DynamoDb.Model.Backups;

internal enum BackupKind
{
    User,

    /// <summary>The items of a table that was deleted while it could be restored to any moment.</summary>
    System,
}

/// <summary>The items of a table as they were at a moment, beside the table's record of then.</summary>
/// <param name="Id">The last part of its ARN: the time and random letters, so that the order of ids is that of time.</param>
/// <param name="DataId">Its items' keys begin with it.</param>
/// <param name="CreatedAt">Milliseconds since 1970; so is <paramref name="ExpiresAt"/>, null for one that stays.</param>
/// <param name="Readers">Jobs that make tables of it.</param>
internal sealed record BackupState(
    string Id,
    string Name,
    BackupKind Kind,
    TableState Table,
    ulong DataId,
    bool Available,
    long CreatedAt,
    long? ExpiresAt,
    long Items,
    long SizeBytes,
    IReadOnlyList<ulong> Readers)
{
    [JsonIgnore]
    public BackupKey Key => new(Table.Account, Table.Region, Id);

    [JsonIgnore]
    public string Arn => $"{Table.Arn}/backup/{Id}";
}

/// <summary>Which backup.</summary>
internal readonly record struct BackupKey(string Account, string Region, string Id)
{
    /// <summary>The backup of an ARN; null for another.</summary>
    public static BackupKey? TryParse(string arn)
    {
        var at = arn.IndexOf("/backup/", StringComparison.Ordinal);
        return at > 0 && TableArns.TableOf(arn[..at]) is { } table ? new BackupKey(table.Account, table.Region, arn[(at + 8)..]) : null;
    }
}
