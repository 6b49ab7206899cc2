namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>Provisioned capacity, and how it came to be: decreases are limited by the day.</summary>
/// <param name="IncreasedAt">Milliseconds since 1970; null when it never was.</param>
/// <param name="DecreasesToday">Decreases since midnight UTC of <paramref name="DecreasedAt"/>.</param>
internal sealed record ThroughputState(
    long ReadUnits,
    long WriteUnits,
    long? IncreasedAt = null,
    long? DecreasedAt = null,
    int DecreasesToday = 0);

/// <summary>Upper limits of a table that is paid by request; null for none.</summary>
internal sealed record OnDemandState(long? MaxReadUnits, long? MaxWriteUnits);
