using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store;

/// <summary>
/// Writes and deletes objects as their bucket's versioning wants it. Within a transaction of the caller; what is no longer reachable goes
/// with it.
/// </summary>
internal sealed class ObjectStore(ContentStore content, IIdSource ids, TimeProvider time)
{
    /// <summary>How long the parts of a replaced object stay for those who read it: 5 GB come in an hour over any network that is used for them.</summary>
    private static readonly TimeSpan PartsStayFor = TimeSpan.FromHours(1);

    /// <summary>An object, by version where one is given; null when it is not there. May be a delete marker.</summary>
    public static async ValueTask<ObjectState?> FindAsync(IReadTransaction tx, BucketState bucket, byte[] key, string? versionId)
    {
        var current = await ObjectRows.FindCurrentAsync(tx, bucket.Id, key);
        if (versionId is null)
        {
            return current ?? (bucket.Versioning is null ? null : await ObjectRows.FindNewestVersionAsync(tx, bucket.Id, key));
        }

        if (current?.ShownVersionId == versionId)
        {
            return current;
        }

        return await OrderOfAsync(tx, bucket, key, versionId) is { } order ? await ObjectRows.FindVersionAsync(tx, bucket.Id, key, order) : null;
    }

    /// <summary>Puts an object in the place of the newest one. The state's version and order are given here.</summary>
    /// <exception cref="S3Exception">A condition does not hold.</exception>
    public async ValueTask<ObjectState> PutAsync(IWriteTransaction tx, BucketState bucket, byte[] key, ObjectState next, WriteConditions conditions)
    {
        var current = await ObjectRows.FindCurrentAsync(tx, bucket.Id, key);
        conditions.Check(ObjectKeys.Text(key), current);
        next = await PlaceAsync(tx, bucket, key, next, current);
        ObjectRows.PutCurrent(tx, bucket.Id, key, next);
        return next;
    }

    /// <summary>Changes what is told of a version, without making a new one.</summary>
    public static async ValueTask<ObjectState> ChangeAsync(
        IWriteTransaction tx, BucketState bucket, byte[] key, string? versionId, Func<ObjectState, ObjectState> change)
    {
        var state = Readable.Require(await FindAsync(tx, bucket, key, versionId), ObjectKeys.Text(key), versionId);
        var changed = change(state);
        if ((await ObjectRows.FindCurrentAsync(tx, bucket.Id, key))?.Order == state.Order)
        {
            ObjectRows.PutCurrent(tx, bucket.Id, key, changed);
        }
        else
        {
            ObjectRows.PutVersion(tx, bucket.Id, key, changed);
        }

        return changed;
    }

    /// <summary>Deletes the object: with versioning a delete marker takes its place.</summary>
    /// <returns>The marker, null without versioning; and what is gone for good.</returns>
    public async ValueTask<(ObjectState? Marker, ObjectState? Deleted)> DeleteAsync(IWriteTransaction tx, BucketState bucket, byte[] key, DeleteConditions conditions)
    {
        var current = await ObjectRows.FindCurrentAsync(tx, bucket.Id, key);
        conditions.Check(ObjectKeys.Text(key), current);
        if (current is not null)
        {
            ObjectRows.DeleteCurrent(tx, bucket.Id, key);
        }

        if (bucket.Versioning is null)
        {
            if (current is not null)
            {
                Discard(tx, current);
            }

            return (null, current);
        }

        var marker = new ObjectState { Order = default, ModifiedMs = time.GetUtcNow().ToUnixTimeMilliseconds(), IsMarker = true };
        marker = await PlaceAsync(tx, bucket, key, marker, current);
        ObjectRows.PutVersion(tx, bucket.Id, key, marker);
        return (marker, null);
    }

    /// <summary>Deletes one version for good; the next newest one takes its place.</summary>
    /// <returns>The version; null when it was not there.</returns>
    public async ValueTask<ObjectState?> DeleteVersionAsync(
        IWriteTransaction tx, BucketState bucket, byte[] key, string versionId, DeleteConditions conditions)
    {
        var current = await ObjectRows.FindCurrentAsync(tx, bucket.Id, key);
        if (current?.ShownVersionId == versionId)
        {
            conditions.Check(ObjectKeys.Text(key), current);
            ObjectRows.DeleteCurrent(tx, bucket.Id, key);
            Discard(tx, current);
            await PromoteAsync(tx, bucket, key);
            return current;
        }

        var order = await OrderOfAsync(tx, bucket, key, versionId);
        var state = order is null ? null : await ObjectRows.FindVersionAsync(tx, bucket.Id, key, order.Value);
        conditions.Check(ObjectKeys.Text(key), state);
        if (state is null)
        {
            return null;
        }

        ObjectRows.DeleteVersion(tx, bucket.Id, key, state);
        Discard(tx, state);
        if (current is null)
        {
            await PromoteAsync(tx, bucket, key);
        }

        return state;
    }

    /// <summary>Lets go of the bytes of a version that nobody can reach any more.</summary>
    public void Discard(IWriteTransaction tx, ObjectState state)
    {
        if (state.Content is { } one)
        {
            content.Delete(tx, one);
        }

        if (state.Manifest is { } manifest)
        {
            GarbageRows.AddManifest(tx, manifest, time.GetUtcNow() + PartsStayFor);
        }
    }

    /// <summary>Moves the newest version out of the way of another, and says which version the other is.</summary>
    private async ValueTask<ObjectState> PlaceAsync(IWriteTransaction tx, BucketState bucket, byte[] key, ObjectState next, ObjectState? current)
    {
        var newest = current ?? (bucket.Versioning is null ? null : await ObjectRows.FindNewestVersionAsync(tx, bucket.Id, key));
        var order = VersionOrder.After(time.GetUtcNow(), newest?.Order, ids.NextId());
        if (bucket.Versioning == Versioning.Enabled)
        {
            if (current is not null)
            {
                ObjectRows.PutVersion(tx, bucket.Id, key, current);
            }

            return next with { Order = order, VersionId = order.ToString() };
        }

        if (bucket.Versioning == Versioning.Suspended)
        {
            await RemoveNullAsync(tx, bucket, key);
        }

        if (current is { VersionId: not null })
        {
            ObjectRows.PutVersion(tx, bucket.Id, key, current);
        }
        else if (current is not null)
        {
            Discard(tx, current);
        }

        return next with { Order = order, VersionId = null };
    }

    private async ValueTask RemoveNullAsync(IWriteTransaction tx, BucketState bucket, byte[] key)
    {
        if (await ObjectRows.FindNullAsync(tx, bucket.Id, key) is { } order
            && await ObjectRows.FindVersionAsync(tx, bucket.Id, key, order) is { } old)
        {
            ObjectRows.DeleteVersion(tx, bucket.Id, key, old);
            Discard(tx, old);
        }
    }

    /// <summary>The newest of the others becomes the current object, unless it is a delete marker.</summary>
    private static async ValueTask PromoteAsync(IWriteTransaction tx, BucketState bucket, byte[] key)
    {
        if (await ObjectRows.FindNewestVersionAsync(tx, bucket.Id, key) is { IsMarker: false } newest)
        {
            ObjectRows.DeleteVersion(tx, bucket.Id, key, newest);
            ObjectRows.PutCurrent(tx, bucket.Id, key, newest);
        }
    }

    private static async ValueTask<VersionOrder?> OrderOfAsync(IReadTransaction tx, BucketState bucket, byte[] key, string versionId)
    {
        if (versionId == VersionOrder.Null)
        {
            return await ObjectRows.FindNullAsync(tx, bucket.Id, key);
        }

        return VersionOrder.TryParse(versionId, out var order)
            ? order
            : throw S3Exception.InvalidArgument("Invalid version id specified", "versionId", versionId);
    }
}
