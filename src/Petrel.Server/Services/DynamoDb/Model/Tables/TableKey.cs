namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>Which table: its name within an account and region.</summary>
internal readonly record struct TableKey(string Account, string Region, string Name)
{
    public string Arn => $"arn:aws:dynamodb:{Region}:{Account}:table/{Name}";

    /// <summary>Signalled by every change of the table's record.</summary>
    public string Topic => $"dynamodb/table/{Account}/{Region}/{Name}";
}
