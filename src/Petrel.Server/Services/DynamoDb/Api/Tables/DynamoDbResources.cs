using Petrel.Aws.DynamoDb;
using Petrel.Server.Edge;
using Petrel.Server.Services.DynamoDb.Model.Streams;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Wire;
using Petrel.Wire.Operations;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>What policies are asked about: the ARN of the table that a request names, of its index where it reads one, and the table's policy.</summary>
internal sealed class DynamoDbResources(TableCache cache) : IResourceNamer, IResourcePolicySource
{
    public string Service => "dynamodb";

    public string? FindArn(Operation operation, object request, CallContext call)
    {
        if ((Member(operation, request, "ResourceArn") ?? Member(operation, request, "BackupArn")) is { } arn)
        {
            return arn;
        }

        // What is read; the request asks by itself whether the caller may make the new table.
        if (request is RestoreTableToPointInTimeRequest restore)
        {
            return restore.SourceTableArn ?? (restore.SourceTableName is { } source ? TableNames.Parse(source, call).Arn : null);
        }

        if (Member(operation, request, "ShardIterator") is { } iterator)
        {
            return ShardIterator.ArnOf(iterator);
        }

        if (Member(operation, request, "TableName") is not { } name)
        {
            return null;
        }

        var table = TableNames.Parse(name, call).Arn;
        return Member(operation, request, "IndexName") is { } index ? $"{table}/index/{index}" : table;
    }

    public async ValueTask<IReadOnlyDictionary<string, IReadOnlyList<string>>?> FindContextAsync(
        Operation operation, object request, CallContext call) =>
        Member(operation, request, "TableName") is { } name
        && await cache.FindAsync(TableNames.Parse(name, call), call.Aborted) is { } table
            ? LeadingKeys.Context(LeadingKeys.Of(request, table))
            : null;

    /// <summary>A table's policy covers its indexes, but not what was kept of it: backups have none.</summary>
    public async ValueTask<string?> FindPolicyAsync(string resourceArn, CallContext call)
    {
        if (resourceArn.Contains("/backup/", StringComparison.Ordinal) || resourceArn.Contains("/stream/", StringComparison.Ordinal)
            || TableArns.TableOf(resourceArn) is not { } key)
        {
            return null;
        }

        return (await cache.FindAsync(key, call.Aborted))?.Policy?.Document;
    }

    private static string? Member(Operation operation, object request, string name) => operation.Request.Find(name)?.Get(request) as string;
}
