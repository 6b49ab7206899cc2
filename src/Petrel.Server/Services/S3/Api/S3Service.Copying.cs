using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store;
using Petrel.Wire;
using Petrel.Wire.Checksums;

namespace Petrel.Server.Services.S3.Api;

/// <content>Copies within the store.</content>
internal sealed partial class S3Service
{
    private const string Replace = "REPLACE";

    public async Task<CopyObjectOutput> CopyObject(CopyObjectRequest request, CallContext call)
    {
        var key = ObjectKeys.Bytes(request.Key);
        RefuseCopyOptions(request);
        var conditions = WriteConditions.Read(request.IfMatch, request.IfNoneMatch);
        var from = CopySource.Parse(request.CopySource);
        var replaces = Directive("x-amz-metadata-directive", request.MetadataDirective);
        if (from.Bucket == request.Bucket && from.Key == request.Key && from.VersionId is null && !replaces && request.ServerSideEncryption is null)
        {
            throw S3Exception.InvalidRequest(
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, "
                + "website redirect location or encryption attributes.");
        }

        var source = await FindSourceAsync(from, request.ExpectedSourceBucketOwner, call);
        new ReadConditions(
            request.CopySourceIfMatch, request.CopySourceIfNoneMatch, request.CopySourceIfModifiedSince, request.CopySourceIfUnmodifiedSince)
            .CheckSource(source.State);
        if (source.State.Size > IS3.MaxObjectBytes)
        {
            throw S3Exception.InvalidRequest(
                $"The specified copy source is larger than the maximum allowable size for a copy source: {IS3.MaxObjectBytes}");
        }

        var bucket = await GetBucketAsync(request.Bucket, call);
        var state = new ObjectState
        {
            Order = default,
            ModifiedMs = 0,
            Headers = replaces ? HeadersOf(request) : source.State.Headers,
            Tags = Directive("x-amz-tagging-directive", request.TaggingDirective) ? ObjectTags.FromHeader(request.Tagging) : source.State.Tags,
            Acl = AskedAcl(bucket, request.ACL, request.Grants),
        };
        var algorithm = RequestedChecksum.Asked(request.ChecksumAlgorithm) ?? AlgorithmToKeep(source.State);
        var seals = bucket.Seals || request.ServerSideEncryption is not null;
        var written = await CopyBytesAsync(source, new ByteRange(0, source.State.Size), algorithm, seals, call);
        (bucket, var put) = await KeepAsync(new NewObject(request.Bucket, key, state, conditions, EventNames.Copy), written, call);
        var checksum = put.Checksum;
        return new CopyObjectOutput(
            new CopyObjectResult(
                put.Modified,
                put.QuotedETag,
                ValueOf(checksum, "CRC32"),
                ValueOf(checksum, "CRC32C"),
                ValueOf(checksum, "CRC64NVME"),
                ValueOf(checksum, "SHA1"),
                ValueOf(checksum, "SHA256"),
                checksum?.Type),
            ShowVersion(source.Bucket, source.State),
            ShowVersion(bucket, put),
            EncryptionOf(put.Content));
    }

    /// <summary>The source, which the caller must be allowed to read.</summary>
    private async ValueTask<(BucketState Bucket, ObjectState State, byte[]? Value)> FindSourceAsync(CopySource from, string? expectedOwner, CallContext call)
    {
        var bucket = await GetBucketAsync(from.Bucket, call);
        S3Access.CheckOwner(bucket, expectedOwner);
        await access.AuthorizeAsync(new ObjectAccess(bucket, from.VersionId is null ? "s3:GetObject" : "s3:GetObjectVersion", from.Key), call);
        try
        {
            return await FindReadableAsync(from.Bucket, from.Key, from.VersionId, withValue: true, call);
        }
        catch (S3Exception marker) when (marker.Status == 405)
        {
            throw S3Exception.InvalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.");
        }
    }

    private async Task<WrittenContent> CopyBytesAsync(
        (BucketState Bucket, ObjectState State, byte[]? Value) source, ByteRange range, ChecksumAlgorithm algorithm, bool seals, CallContext call)
    {
        try
        {
            await using var body = await OpenAsync(source.State, source.Value, new ReadPlan(range, IsPartial: true, null), call);
            return await stores.Content.WriteAsync(body, new RequestedChecksum(algorithm, null, null, IsVerifiedByBody: false), long.MaxValue, seals, call.Aborted);
        }
        catch (FileNotFoundException)
        {
            throw S3Exception.Of(
                "ConditionalRequestConflict", "The source of the copy was replaced while it was read. Please try again.", 409);
        }
    }

    /// <summary>A checksum of parts cannot be that of a copy in one piece.</summary>
    private static ChecksumAlgorithm AlgorithmToKeep(ObjectState source) =>
        source.Checksum is { } checksum && ChecksumNames.TryParse(checksum.Algorithm, out var algorithm) ? algorithm.Value : ChecksumAlgorithm.Crc64Nvme;

    /// <returns>True to replace; false to copy.</returns>
    private static bool Directive(string name, string? value) => value switch
    {
        null or "COPY" => false,
        Replace => true,
        _ => throw S3Exception.InvalidArgument($"Unknown {(name.Contains("tagging", StringComparison.Ordinal) ? "tagging" : "metadata")} directive.", name, value),
    };

    private static void RefuseCopyOptions(CopyObjectRequest request)
    {
        Unsupported.StorageClass(request.StorageClass);
        Unsupported.Encryption(request.ServerSideEncryption, request.EncryptionOptions);
        Unsupported.Options("x-amz-copy-source-server-side-encryption-", request.SourceEncryptionOptions);
        Unsupported.Options("x-amz-object-lock-", request.ObjectLock);
    }

    private static ObjectHeaders HeadersOf(CopyObjectRequest request) => new()
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
