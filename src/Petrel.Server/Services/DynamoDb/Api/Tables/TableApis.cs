using Petrel.Server.Services.DynamoDb.Api.Backups;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>What does the work of the control plane, behind the contract.</summary>
internal sealed record TableApis(
    TablesApi Tables,
    TableChanges Changes,
    TagsApi Tags,
    TimeToLiveApi TimeToLive,
    PoliciesApi Policies,
    BackupsApi Backups,
    ContinuousBackupsApi ContinuousBackups,
    RestoresApi Restores);
