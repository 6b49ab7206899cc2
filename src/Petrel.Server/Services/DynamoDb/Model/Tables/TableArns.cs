namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>ARNs of tables, and of what belongs to tables: indexes, streams, backups.</summary>
internal static class TableArns
{
    private const string TablePart = ":table/";

    /// <summary>The table of an ARN, whatever of it is named; null for another ARN.</summary>
    public static TableKey? TableOf(string arn)
    {
        var at = arn.IndexOf(TablePart, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var end = arn.IndexOf('/', at + TablePart.Length);
        return TableNames.TryParseArn(end < 0 ? arn : arn[..end], out var key) ? key : null;
    }

    /// <summary>The table of a table's own ARN; null for another ARN.</summary>
    public static TableKey? OfTable(string arn) => TableNames.TryParseArn(arn, out var key) ? key : null;
}
