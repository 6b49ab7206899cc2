using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api;

internal sealed partial class DynamoDbService
{
    public Task<CreateBackupResult> CreateBackup(CreateBackupRequest request, CallContext call) => tables.Backups.CreateAsync(request, call);

    public Task<DescribeBackupResult> DescribeBackup(DescribeBackupRequest request, CallContext call) =>
        tables.Backups.DescribeAsync(request, call);

    public Task<ListBackupsResult> ListBackups(ListBackupsRequest request, CallContext call) => tables.Backups.ListAsync(request, call);

    public Task<DeleteBackupResult> DeleteBackup(DeleteBackupRequest request, CallContext call) => tables.Backups.DeleteAsync(request, call);

    public Task<UpdateContinuousBackupsResult> UpdateContinuousBackups(UpdateContinuousBackupsRequest request, CallContext call) =>
        tables.ContinuousBackups.UpdateAsync(request, call);

    public Task<DescribeContinuousBackupsResult> DescribeContinuousBackups(DescribeContinuousBackupsRequest request, CallContext call) =>
        tables.ContinuousBackups.DescribeAsync(request, call);

    public Task<RestoreTableToPointInTimeResult> RestoreTableToPointInTime(RestoreTableToPointInTimeRequest request, CallContext call) =>
        tables.Restores.RestoreToPointInTimeAsync(request, call);

    public Task<RestoreTableFromBackupResult> RestoreTableFromBackup(RestoreTableFromBackupRequest request, CallContext call) =>
        tables.Restores.RestoreFromBackupAsync(request, call);
}
