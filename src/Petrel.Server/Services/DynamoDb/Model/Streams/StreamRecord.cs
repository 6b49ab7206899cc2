using System.Globalization;
using System.Text.Json.Serialization;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Model.Streams;

/// <summary>A stream as it is listed and read: it outlives by a day that its table switches it off or goes.</summary>
/// <param name="CreatedAt">Milliseconds since 1970.</param>
/// <param name="ClosedAt">Milliseconds since 1970; null while changes come in.</param>
/// <param name="Ends">Of a closed one: each shard's last position.</param>
internal sealed record StreamRecord(
    string Account,
    string Region,
    string Table,
    StreamState Stream,
    KeySchema Keys,
    long CreatedAt,
    long? ClosedAt = null,
    IReadOnlyList<ulong>? Ends = null)
{
    /// <summary>How long records stay, and a closed stream with them.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    [JsonIgnore]
    public string TableArn => new TableKey(Account, Region, Table).Arn;

    [JsonIgnore]
    public string Arn => ArnOf(TableArn, Stream.Label);

    [JsonIgnore]
    public DateTimeOffset Created => DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt);

    [JsonIgnore]
    public bool IsClosed => ClosedAt is not null;

    public static string ArnOf(string tableArn, string label) => $"{tableArn}/stream/{label}";

    /// <summary>The label of a stream that is made now: <c>2026-01-31T10:20:30.123</c>.</summary>
    public static string LabelOf(DateTimeOffset now) => now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>Nobody can read it any more: its records have all come to their end.</summary>
    public bool IsOver(DateTimeOffset now) => ClosedAt is { } closed && now - DateTimeOffset.FromUnixTimeMilliseconds(closed) > Retention;
}
