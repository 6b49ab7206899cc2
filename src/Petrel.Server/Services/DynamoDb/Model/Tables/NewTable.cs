using Petrel.Aws.DynamoDb;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>Makes the record of a new table from a request, with the service's checks in the service's order.</summary>
internal static class NewTable
{
    /// <summary>Tables of an account in a region.</summary>
    public const int MaxTables = 2_500;

    public static TableState Create(CreateTableRequest request, TableKey key, IIdSource ids, DateTimeOffset now)
    {
        RefuseUnsupported(request);
        var throughput = ThroughputRules.OfTable(request.BillingMode, request.ProvisionedThroughput);
        var onDemand = throughput is null;
        var keys = new KeyRules(request.AttributeDefinitions);
        var schema = keys.Read(request.KeySchema);
        var hasIndexes = request.LocalSecondaryIndexes is not null || request.GlobalSecondaryIndexes is not null;
        if (!hasIndexes)
        {
            keys.CheckAllUsed(hasIndexes: false);
        }

        var rules = new IndexRules(keys, schema, onDemand, ids);
        List<IndexState> indexes =
        [
            .. request.LocalSecondaryIndexes is { } local ? rules.ReadLocal(local) : [],
            .. request.GlobalSecondaryIndexes is { } global ? rules.ReadGlobal(global) : [],
        ];
        keys.CheckAllUsed(hasIndexes);
        IndexRules.CheckIncluded(indexes);
        var ms = now.ToUnixTimeMilliseconds();
        return new TableState
        {
            Account = key.Account,
            Region = key.Region,
            Name = key.Name,
            Id = ids.NextId(),
            TableId = ids.NextGuid(),
            Status = ResourceStatus.Active,
            CreatedAt = ms,
            Keys = schema,
            Indexes = indexes,
            Throughput = throughput,
            OnDemandSwitches = onDemand ? [ms] : [],
            ShowsBilling = onDemand,
            OnDemand = ThroughputRules.OfLimits(request.OnDemandThroughput, onDemand),
            DeletionProtected = request.DeletionProtectionEnabled == true,
            Class = request.TableClass,
            Tags = TagRules.OfNewTable(request.Tags),
        };
    }

    /// <summary>Encryption with keys of one's own needs a key service, which there is none of; without it, tables are as the service's default.</summary>
    public static void RefuseEncryption(string operation, SseSpecification? asked)
    {
        if (asked is { Enabled: true } or { SSEType: "KMS", Enabled: not false } or { KMSMasterKeyId: not null })
        {
            throw TableProblem.Unsupported(operation, "SSESpecification of a KMS key");
        }
    }

    private static void RefuseUnsupported(CreateTableRequest request)
    {
        RefuseEncryption("CreateTable", request.SSESpecification);
        if (request.WarmThroughput is not null)
        {
            throw TableProblem.Unsupported("CreateTable", nameof(request.WarmThroughput));
        }

        if (request.GlobalTableSourceArn is not null || request.GlobalTableSettingsReplicationMode is not null)
        {
            throw TableProblem.Unsupported("CreateTable", "global tables");
        }
    }
}
