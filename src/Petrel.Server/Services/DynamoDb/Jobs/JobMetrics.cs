using System.Diagnostics.Metrics;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>What work on tables does, away from requests.</summary>
internal static class JobMetrics
{
    private static readonly Meter Meter = new("Petrel.DynamoDb");

    public static readonly Counter<long> Items = Meter.CreateCounter<long>("petrel.dynamodb.job_items", description: "Items that jobs have looked at.");

    public static readonly Counter<long> Failures = Meter.CreateCounter<long>("petrel.dynamodb.job_failures", description: "Steps of jobs that failed and are tried again.");

    public static readonly Counter<long> Expired = Meter.CreateCounter<long>("petrel.dynamodb.items_expired", description: "Items that went because their time had come.");
}
