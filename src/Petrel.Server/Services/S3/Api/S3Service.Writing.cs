using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Events;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store;
using Petrel.Storage;
using Petrel.Wire;
using Petrel.Wire.Checksums;

namespace Petrel.Server.Services.S3.Api;

/// <content>Writing and deleting objects.</content>
internal sealed partial class S3Service
{
    public Task<PutObjectOutput> PutObject(PutObjectRequest request, CallContext call)
    {
        CheckLength(request.ContentLength, request.DecodedContentLength);
        return StoreAsync(request, EventNames.Put, call);
    }

    /// <summary>Writes an object, however it was sent.</summary>
    /// <param name="eventName">What notifications call it.</param>
    public async Task<PutObjectOutput> StoreAsync(PutObjectRequest request, string eventName, CallContext call)
    {
        var key = ObjectKeys.Bytes(request.Key);
        Unsupported.StorageClass(request.StorageClass);
        Unsupported.Encryption(request.ServerSideEncryption, request.EncryptionOptions);
        Unsupported.Options("x-amz-object-lock-", request.ObjectLock);
        Unsupported.Header("x-amz-write-offset-bytes", request.WriteOffsetBytes);
        var bucket = await GetBucketAsync(request.Bucket, call);
        var conditions = WriteConditions.Read(request.IfMatch, request.IfNoneMatch);
        var state = new ObjectState
        {
            Order = default,
            ModifiedMs = 0,
            Headers = HeadersOf(request),
            Tags = ObjectTags.FromHeader(request.Tagging),
            Acl = AskedAcl(bucket, request.ACL, request.Grants),
        };
        var requested = RequestedChecksum.Read(
            request.Checksums, request.ChecksumAlgorithm, request.ContentMD5, request.Body, ifNone: ChecksumAlgorithm.Crc64Nvme);
        var seals = bucket.Seals || request.ServerSideEncryption is not null;
        var written = await stores.Content.WriteAsync(request.Body, requested, IS3.MaxObjectBytes, seals, call.Aborted);
        (bucket, var put) = await KeepAsync(new NewObject(request.Bucket, key, state, conditions, eventName), written, call);
        return new PutObjectOutput(put.QuotedETag, ShowChecksum(put.Checksum), ShowVersion(bucket, put), EncryptionOf(put.Content));
    }

    public async Task<DeleteObjectOutput> DeleteObject(DeleteObjectRequest request, CallContext call)
    {
        if (request.MFA is not null)
        {
            throw MfaNotBuilt;
        }

        var conditions = DeleteConditions.Read(request.IfMatch, request.IfMatchLastModifiedTime, request.IfMatchSize);
        var (bucket, state) = await Transactions.WriteAsync(
            async tx =>
            {
                var found = await stores.Buckets.GetAsync(tx, request.Bucket);
                return (found, await DeleteAsync(tx, found, new ObjectIdentifier(request.Key, request.VersionId), conditions, call));
            },
            call.Aborted);
        return state is null
            ? new DeleteObjectOutput(VersionId: request.VersionId)
            : new DeleteObjectOutput(state.IsMarker ? true : null, ShowVersion(bucket, state));
    }

    public async Task<DeleteResult> DeleteObjects(DeleteObjectsRequest request, CallContext call)
    {
        if (request.MFA is not null)
        {
            throw MfaNotBuilt;
        }

        if (request.Delete.Objects is not { Count: > 0 and <= ListingRules.MaxPage } objects)
        {
            throw S3Exception.MalformedXml();
        }

        var bucket = await GetBucketAsync(request.Bucket, call);
        var deleted = new List<DeletedObject>();
        var errors = new List<DeletionError>();
        var allowed = new List<ObjectIdentifier>();
        foreach (var item in objects)
        {
            try
            {
                var action = item.VersionId is null ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
                await access.AuthorizeAsync(new ObjectAccess(bucket, action, item.Key), call);
                allowed.Add(item);
            }
            catch (CommonException denial) when (denial.Status == 403)
            {
                errors.Add(new DeletionError(item.Key, "AccessDenied", denial.Message, item.VersionId));
            }
        }

        // Each object writes a few keys, and with versions a few more.
        foreach (var piece in allowed.Chunk(200))
        {
            await DeletePieceAsync(request.Bucket, piece, deleted, errors, call);
        }

        return new DeleteResult(request.Delete.Quiet is true ? [] : deleted, errors);
    }

    private async Task DeletePieceAsync(
        string bucketName, ObjectIdentifier[] piece, List<DeletedObject> deleted, List<DeletionError> errors, CallContext call)
    {
        var (done, failed) = await Transactions.WriteAsync(
            async tx =>
            {
                var bucket = await stores.Buckets.GetAsync(tx, bucketName);
                var done = new List<DeletedObject>();
                var failed = new List<DeletionError>();
                foreach (var item in piece)
                {
                    try
                    {
                        var conditions = DeleteConditions.Read(item.ETag, item.LastModifiedTime, item.Size);
                        var state = await DeleteAsync(tx, bucket, item, conditions, call);
                        done.Add(ShowDeleted(item, state));
                    }
                    catch (S3Exception refusal)
                    {
                        failed.Add(new DeletionError(item.Key, refusal.Code, refusal.Message, item.VersionId));
                    }
                }

                return (done, failed);
            },
            call.Aborted);
        deleted.AddRange(done);
        errors.AddRange(failed);
    }

    private static DeletedObject ShowDeleted(ObjectIdentifier item, ObjectState? state) => state switch
    {
        { IsMarker: true } => new DeletedObject(item.Key, item.VersionId, true, state.ShownVersionId),
        _ => new DeletedObject(item.Key, item.VersionId),
    };

    /// <returns>The marker that was made, or the version that was deleted; null for neither.</returns>
    private async ValueTask<ObjectState?> DeleteAsync(
        IWriteTransaction tx, BucketState bucket, ObjectIdentifier item, DeleteConditions conditions, CallContext call)
    {
        var key = ObjectKeys.Bytes(item.Key);
        if (item.VersionId is not null)
        {
            var version = await stores.Objects.DeleteVersionAsync(tx, bucket, key, item.VersionId, conditions);
            if (version is not null)
            {
                stores.Events.Add(tx, bucket, new ObjectEvent(EventNames.Delete, item.Key, version), call);
            }

            return version;
        }

        var (marker, deleted) = await stores.Objects.DeleteAsync(tx, bucket, key, conditions);
        if ((marker ?? deleted) is { } gone)
        {
            stores.Events.Add(tx, bucket, new ObjectEvent(marker is null ? EventNames.Delete : EventNames.Marker, item.Key, gone), call);
        }

        return marker;
    }

    /// <summary>Makes written bytes an object, or lets go of them.</summary>
    private async Task<(BucketState Bucket, ObjectState State)> KeepAsync(NewObject made, WrittenContent written, CallContext call)
    {
        var next = made.State with
        {
            ModifiedMs = Now(),
            Size = written.Ref.Size,
            ETag = written.ETag,
            Content = written.Ref,
            Checksum = written.Checksum,
        };
        try
        {
            return await Transactions.WriteAsync(
                async tx =>
                {
                    var bucket = await stores.Buckets.GetAsync(tx, made.Bucket);
                    var put = await stores.Objects.PutAsync(tx, bucket, made.Key, next, made.Conditions);
                    stores.Content.Commit(tx, written);
                    stores.Events.Add(tx, bucket, new ObjectEvent(made.EventName, ObjectKeys.Text(made.Key), put), call);
                    return (bucket, put);
                },
                call.Aborted);
        }
        catch (S3Exception)
        {
            stores.Content.Discard(written);
            throw;
        }
    }

    private static ObjectHeaders HeadersOf(PutObjectRequest request) => new()
    {
        ContentType = request.ContentType,
        CacheControl = request.CacheControl,
        ContentDisposition = request.ContentDisposition,
        ContentEncoding = UserMetadata.WithoutChunked(request.ContentEncoding),
        ContentLanguage = request.ContentLanguage,
        Expires = request.Expires,
        WebsiteRedirect = UserMetadata.CheckedRedirect(request.WebsiteRedirectLocation),
        Metadata = UserMetadata.Checked(request.Metadata),
    };

    private static void CheckLength(long? contentLength, long? decodedLength)
    {
        var length = decodedLength ?? contentLength
            ?? throw S3Exception.Of("MissingContentLength", "You must provide the Content-Length HTTP header.", 411);
        if (length > IS3.MaxObjectBytes)
        {
            throw S3Exception.Of(
                "EntityTooLarge",
                "Your proposed upload exceeds the maximum allowed size",
                400,
                ("ProposedSize", length),
                ("MaxSizeAllowed", IS3.MaxObjectBytes));
        }
    }
}

/// <summary>An object that is about to be.</summary>
internal sealed record NewObject(string Bucket, byte[] Key, ObjectState State, WriteConditions Conditions, string EventName);
