using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Tables;

namespace Petrel.Server.Services.DynamoDb.Model.Backups;

/// <summary>Records of backups in the form in which the service describes them.</summary>
internal static class BackupDescriptions
{
    public static BackupDetails Details(BackupState backup) => new(
        backup.Arn,
        backup.Name,
        backup.SizeBytes,
        StatusOf(backup),
        KindOf(backup),
        TableDescriptions.Time(backup.CreatedAt),
        ExpiryOf(backup));

    public static BackupSummary Summary(BackupState backup) => new(
        backup.Table.Name,
        backup.Table.TableId.ToString(),
        backup.Table.Arn,
        backup.Arn,
        backup.Name,
        TableDescriptions.Time(backup.CreatedAt),
        StatusOf(backup),
        KindOf(backup),
        backup.SizeBytes,
        ExpiryOf(backup));

    public static BackupDescription Describe(BackupState backup) => new(Details(backup), Source(backup), Features(backup.Table));

    public static string KindOf(BackupState backup) => backup.Kind == BackupKind.System ? "SYSTEM" : "USER";

    private static string StatusOf(BackupState backup) => backup.Available ? "AVAILABLE" : "CREATING";

    private static DateTimeOffset? ExpiryOf(BackupState backup) => backup.ExpiresAt is { } at ? TableDescriptions.Time(at) : null;

    private static SourceTableDetails Source(BackupState backup)
    {
        var table = backup.Table;
        return new SourceTableDetails(
            table.Name,
            table.TableId.ToString(),
            table.Arn,
            backup.SizeBytes,
            TableDescriptions.Elements(table.Keys),
            TableDescriptions.Time(table.CreatedAt),
            Units(table.Throughput),
            backup.Items,
            table.IsOnDemand ? "PAY_PER_REQUEST" : "PROVISIONED",
            TableDescriptions.Limits(table.OnDemand));
    }

    private static SourceTableFeatureDetails Features(TableState table)
    {
        List<LocalSecondaryIndexInfo> local =
        [
            .. table.Indexes.Where(static i => !i.IsGlobal).Select(static i =>
                new LocalSecondaryIndexInfo(i.Name, TableDescriptions.Elements(i.Keys), TableDescriptions.Describe(i))),
        ];
        List<GlobalSecondaryIndexInfo> global =
        [
            .. table.Indexes.Where(static i => i.IsGlobal).Select(static i => new GlobalSecondaryIndexInfo(
                i.Name,
                TableDescriptions.Elements(i.Keys),
                TableDescriptions.Describe(i),
                Units(i.Throughput),
                TableDescriptions.Limits(i.OnDemand))),
        ];
        return new SourceTableFeatureDetails(
            local.Count == 0 ? null : local,
            global.Count == 0 ? null : global,
            table.Stream is { } stream ? new StreamSpecification(true, stream.View) : null,
            table.TimeToLive is { } expiry ? new TimeToLiveDescription("ENABLED", expiry.Attribute) : null);
    }

    private static ProvisionedThroughput Units(ThroughputState? throughput) => new(throughput?.ReadUnits ?? 0, throughput?.WriteUnits ?? 0);
}
