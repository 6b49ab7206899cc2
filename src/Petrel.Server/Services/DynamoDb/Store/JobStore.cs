using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.DynamoDb.Store;

/// <summary>Rows of jobs by id; and the marks by which a copy knows the items that it has set back.</summary>
internal static class JobStore
{
    /// <summary>Signalled when a job begins.</summary>
    public const string Topic = "dynamodb/jobs";

    private static readonly Subspace Jobs = new("dynamodb", "job");
    private static readonly Subspace Marks = new("dynamodb", "mark");

    /// <summary>Begins a job, as part of the transaction that makes it needed.</summary>
    public static void Begin(IWriteTransaction tx, TableJob job)
    {
        tx.Put(Jobs.Key(job.Id), StateJson.Write(job));
        tx.Signal(Topic);
    }

    /// <summary>True when the job stands where <paramref name="known"/> says.</summary>
    public static async ValueTask<bool> IsCurrentAsync(IReadTransaction tx, TableJob known) =>
        await tx.GetAsync(Jobs.Key(known.Id)) is { } value && StateJson.Read<TableJob>(value).Step == known.Step;

    /// <summary>The job after a step.</summary>
    public static void Advance(IWriteTransaction tx, TableJob job) => tx.Put(Jobs.Key(job.Id), StateJson.Write(job with { Step = job.Step + 1 }));

    public static void End(IWriteTransaction tx, TableJob job)
    {
        tx.Delete(Jobs.Key(job.Id));
        if (job.Copy?.LogId is not null)
        {
            tx.DeleteRange(Marks.Range(job.Id));
        }
    }

    public static async ValueTask<List<TableJob>> ListAsync(IReadTransaction tx, int limit) =>
        [.. (await tx.ScanAsync(Jobs.Range(), limit)).Select(pair => StateJson.Read<TableJob>(pair.Value))];

    /// <summary>Marks an item of a copy; false when it was marked before.</summary>
    public static async ValueTask<bool> TryMarkAsync(IWriteTransaction tx, TableJob job, ReadOnlyMemory<byte> item)
    {
        var key = Marks.Key(job.Id, item);
        if (await tx.GetAsync(key) is not null)
        {
            return false;
        }

        tx.Put(key, ReadOnlyMemory<byte>.Empty);
        return true;
    }
}
