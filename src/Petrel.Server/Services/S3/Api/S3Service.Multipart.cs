using System.Globalization;
using System.Text;
using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Events;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store;
using Petrel.Storage;
using Petrel.Wire;
using Petrel.Wire.Checksums;
using Petrel.Wire.Rest;

namespace Petrel.Server.Services.S3.Api;

/// <content>Uploads in parts.</content>
internal sealed partial class S3Service
{
    public async Task<CreateMultipartUploadOutput> CreateMultipartUpload(CreateMultipartUploadRequest request, CallContext call)
    {
        var key = ObjectKeys.Bytes(request.Key);
        Unsupported.StorageClass(request.StorageClass);
        Unsupported.Encryption(request.ServerSideEncryption, request.EncryptionOptions);
        Unsupported.Options("x-amz-object-lock-", request.ObjectLock);
        var found = await GetBucketAsync(request.Bucket, call);
        var (algorithm, isComposite) = ChecksumTypes.OfUpload(RequestedChecksum.Asked(request.ChecksumAlgorithm), request.ChecksumType);
        var now = time.GetUtcNow();
        var upload = new UploadState
        {
            UploadId = string.Create(CultureInfo.InvariantCulture, $"{now.UtcTicks:x16}{ids.NextId():x16}"),
            Key = request.Key,
            InitiatedMs = now.ToUnixTimeMilliseconds(),
            Initiator = call.Caller.Account,
            Headers = HeadersOf(request),
            Tags = ObjectTags.FromHeader(request.Tagging),
            Acl = AskedAcl(found, request.ACL, request.Grants),
            Seals = found.Seals || request.ServerSideEncryption is not null,
            ChecksumAlgorithm = algorithm?.Value(),
            IsComposite = isComposite,
        };
        await Transactions.WriteAsync(
            async tx =>
            {
                var bucket = await stores.Buckets.GetAsync(tx, request.Bucket);
                UploadRows.Put(tx, bucket.Id, key, upload);
                return bucket;
            },
            call.Aborted);
        return new CreateMultipartUploadOutput(
            new InitiateMultipartUploadResult(request.Bucket, request.Key, upload.UploadId),
            upload.ChecksumAlgorithm,
            algorithm is null ? null : isComposite ? ChecksumTypes.Composite : ChecksumTypes.FullObject,
            stores.Content.SealsAll || upload.Seals ? Aes : null);
    }

    public async Task<UploadPartOutput> UploadPart(UploadPartRequest request, CallContext call)
    {
        Unsupported.Options("x-amz-server-side-encryption-", request.EncryptionOptions);
        CheckLength(request.ContentLength, request.DecodedContentLength);
        var place = new PartPlace(request.Bucket, request.Key, request.UploadId, request.PartNumber);
        var upload = await GetUploadAsync(place, call);
        var requested = RequestedChecksum.Read(
            request.Checksums, request.ChecksumAlgorithm, request.ContentMD5, request.Body, ifNone: ChecksumTypes.OfPart(upload));
        ChecksumTypes.CheckPart(upload, requested.Algorithm);
        var written = await stores.Content.WriteAsync(request.Body, requested, IS3.MaxObjectBytes, upload.Seals, call.Aborted);
        var part = await KeepPartAsync(place, written, call);
        return new UploadPartOutput($"\"{part.ETag}\"", ShowPartChecksum(part), EncryptionOf(part.Content));
    }

    public async Task<UploadPartCopyOutput> UploadPartCopy(UploadPartCopyRequest request, CallContext call)
    {
        Unsupported.Options("x-amz-server-side-encryption-", request.EncryptionOptions);
        Unsupported.Options("x-amz-copy-source-server-side-encryption-", request.SourceEncryptionOptions);
        var place = new PartPlace(request.Bucket, request.Key, request.UploadId, request.PartNumber);
        var upload = await GetUploadAsync(place, call);
        var source = await FindSourceAsync(CopySource.Parse(request.CopySource), request.ExpectedSourceBucketOwner, call);
        new ReadConditions(
            request.CopySourceIfMatch, request.CopySourceIfNoneMatch, request.CopySourceIfModifiedSince, request.CopySourceIfUnmodifiedSince)
            .CheckSource(source.State);
        var size = source.State.Size;
        var range = request.CopySourceRange is { } header ? ByteRange.ParseSource(header, size) : new ByteRange(0, size);
        if (range.Length > IS3.MaxObjectBytes)
        {
            throw S3Exception.InvalidRequest(
                $"The specified copy source is larger than the maximum allowable size for a copy source: {IS3.MaxObjectBytes}");
        }

        var part = await KeepPartAsync(place, await CopyBytesAsync(source, range, ChecksumTypes.OfPart(upload), upload.Seals, call), call);
        var checksum = part.Checksum;
        return new UploadPartCopyOutput(
            new CopyPartResult(
                Seconds(part.ModifiedMs),
                $"\"{part.ETag}\"",
                ValueOf(checksum, "CRC32"),
                ValueOf(checksum, "CRC32C"),
                ValueOf(checksum, "CRC64NVME"),
                ValueOf(checksum, "SHA1"),
                ValueOf(checksum, "SHA256")),
            ShowVersion(source.Bucket, source.State),
            EncryptionOf(part.Content));
    }

    public async Task<CompleteMultipartUploadOutput> CompleteMultipartUpload(CompleteMultipartUploadRequest request, CallContext call)
    {
        Unsupported.Options("x-amz-server-side-encryption-", request.EncryptionOptions);
        var key = ObjectKeys.Bytes(request.Key);
        var conditions = WriteConditions.Read(request.IfMatch, request.IfNoneMatch);
        var (bucket, state) = await Transactions.WriteAsync(tx => CompleteAsync(tx, request, key, conditions, call), call.Aborted);
        var checksum = state.Checksum;
        return new CompleteMultipartUploadOutput(
            new CompleteMultipartUploadResult(
                LocationOf(request, call),
                request.Bucket,
                request.Key,
                state.QuotedETag,
                ValueOf(checksum, "CRC32"),
                ValueOf(checksum, "CRC32C"),
                ValueOf(checksum, "CRC64NVME"),
                ValueOf(checksum, "SHA1"),
                ValueOf(checksum, "SHA256"),
                checksum?.Type),
            ShowVersion(bucket, state),
            state.IsSealed ? Aes : null);
    }

    public async Task AbortMultipartUpload(UploadRequest request, CallContext call)
    {
        Unsupported.Header("x-amz-if-match-initiated-time", request.IfMatchInitiatedTime);
        var key = ObjectKeys.Bytes(request.Key);
        await Transactions.WriteAsync(
            async tx =>
            {
                var bucket = await stores.Buckets.GetAsync(tx, request.Bucket);
                var upload = await UploadRows.GetAsync(tx, bucket.Id, key, request.UploadId);
                UploadRows.Delete(tx, bucket.Id, key, upload.UploadId);
                GarbageRows.AddUpload(tx, upload.UploadId);
                return upload;
            },
            call.Aborted);
    }

    private async ValueTask<(BucketState Bucket, ObjectState State)> CompleteAsync(
        IWriteTransaction tx, CompleteMultipartUploadRequest request, byte[] key, WriteConditions conditions, CallContext call)
    {
        var bucket = await stores.Buckets.GetAsync(tx, request.Bucket);
        var upload = await UploadRows.GetAsync(tx, bucket.Id, key, request.UploadId);
        var stored = await UploadRows.ListPartsAsync(tx, upload.UploadId, 0, MultipartPlan.MaxParts);
        var plan = MultipartPlan.Make(upload, request.MultipartUpload?.Parts, stored);
        ChecksumTypes.CheckWhole(plan, request);
        var manifest = ids.NextId();
        var state = await stores.Objects.PutAsync(
            tx,
            bucket,
            key,
            new ObjectState
            {
                Order = default,
                ModifiedMs = Now(),
                Size = plan.Size,
                ETag = plan.ETag,
                Manifest = manifest,
                PartsCount = plan.Parts.Count,
                HasSealedParts = plan.Parts.All(static part => part.Content.IsSealed),
                Headers = upload.Headers,
                Tags = upload.Tags,
                Acl = upload.Acl,
                Checksum = plan.Checksum,
            },
            conditions);
        stores.Events.Add(tx, bucket, new ObjectEvent(EventNames.Complete, request.Key, state), call);
        UploadRows.PutManifest(tx, manifest, plan.Parts);
        if (plan.Unused.Count > 0)
        {
            var unused = ids.NextId();
            UploadRows.PutManifest(tx, unused, plan.Unused);
            GarbageRows.AddManifest(tx, unused, time.GetUtcNow());
        }

        UploadRows.DeleteParts(tx, upload.UploadId);
        UploadRows.Delete(tx, bucket.Id, key, upload.UploadId);
        return (bucket, state);
    }

    private async ValueTask<UploadState> GetUploadAsync(PartPlace place, CallContext call)
    {
        if (place.Number is < 1 or > MultipartPlan.MaxParts)
        {
            throw S3Exception.InvalidArgument(
                "Part number must be an integer between 1 and 10000, inclusive", "partNumber", place.Number.ToString(CultureInfo.InvariantCulture));
        }

        var key = ObjectKeys.Bytes(place.Key);
        return await Transactions.ReadAsync(
            async tx => await UploadRows.GetAsync(tx, (await stores.Buckets.GetAsync(tx, place.Bucket)).Id, key, place.UploadId), call.Aborted);
    }

    private async Task<PartState> KeepPartAsync(PartPlace place, WrittenContent written, CallContext call)
    {
        var part = new PartState(place.Number, Now(), written.ETag, written.Ref, written.Checksum);
        var key = ObjectKeys.Bytes(place.Key);
        try
        {
            return await Transactions.WriteAsync(
                async tx =>
                {
                    var bucket = await stores.Buckets.GetAsync(tx, place.Bucket);
                    await UploadRows.GetAsync(tx, bucket.Id, key, place.UploadId);
                    if (await UploadRows.FindPartAsync(tx, place.UploadId, place.Number) is { } earlier)
                    {
                        stores.Content.Delete(tx, earlier.Content);
                    }

                    stores.Content.Commit(tx, written);
                    UploadRows.PutPart(tx, place.UploadId, part);
                    return part;
                },
                call.Aborted);
        }
        catch (S3Exception)
        {
            stores.Content.Discard(written);
            throw;
        }
    }

    private static Dictionary<string, string>? ShowPartChecksum(PartState part) =>
        part.Checksum is { } checksum ? new Dictionary<string, string> { [checksum.Algorithm.ToLowerInvariant()] = checksum.Value } : null;

    private static string LocationOf(CompleteMultipartUploadRequest request, CallContext call)
    {
        var location = new StringBuilder(call.Endpoint.GetLeftPart(UriPartial.Authority)).Append('/').Append(request.Bucket).Append('/');
        PercentEncoding.Encode(location, request.Key, keepSlash: true);
        return location.ToString();
    }

    private static ObjectHeaders HeadersOf(CreateMultipartUploadRequest request) => new()
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
}

/// <summary>Where a part belongs.</summary>
internal readonly record struct PartPlace(string Bucket, string Key, string UploadId, int Number);
