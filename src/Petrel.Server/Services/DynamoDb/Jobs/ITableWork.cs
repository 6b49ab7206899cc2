using Petrel.Server.Services.DynamoDb.Model.Backups;

namespace Petrel.Server.Services.DynamoDb.Jobs;

/// <summary>One kind of job: what its steps do.</summary>
internal interface ITableWork
{
    JobKind Kind { get; }

    /// <summary>
    /// Does the next piece in one transaction, which also moves the job on or ends it, so that a piece is done once whatever fails. Nothing
    /// is done for a job that has been moved on by another.
    /// </summary>
    Task StepAsync(TableJob job, CancellationToken cancellationToken);
}
