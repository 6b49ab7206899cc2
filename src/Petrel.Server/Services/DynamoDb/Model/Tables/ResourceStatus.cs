namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>The state of a table, an index, a backup or expiry, as SDK waiters know it.</summary>
internal enum ResourceStatus
{
    Creating,
    Active,
    Updating,
    Deleting,
}
