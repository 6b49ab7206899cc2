using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Events;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store;
using Petrel.Server.Services.S3.Store.Content;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Api;

/// <content>Reading objects.</content>
internal sealed partial class S3Service
{
    /// <summary>How often a read begins anew when the object was replaced between its row and its file.</summary>
    private const int MaxReadAttempts = 8;

    public async Task<GetObjectOutput> GetObject(GetObjectRequest request, CallContext call)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (bucket, state, value) = await FindReadableAsync(request.Bucket, request.Key, request.VersionId, withValue: true, call);
            var plan = await PlanAsync(request, state);
            try
            {
                var body = await OpenAsync(state, value, plan, call);
                return Describe(request, bucket, state, plan) with { Body = body };
            }
            catch (FileNotFoundException) when (attempt < MaxReadAttempts)
            {
                // Another write took the object's place, and its file is gone: the next look finds the new one.
            }
        }
    }

    public async Task<HeadObjectOutput> HeadObject(GetObjectRequest request, CallContext call)
    {
        var (bucket, state, _) = await FindReadableAsync(request.Bucket, request.Key, request.VersionId, withValue: false, call);
        var found = Describe(request, bucket, state, await PlanAsync(request, state));
        return new HeadObjectOutput(
            found.Status,
            found.ContentLength,
            found.ContentType,
            found.ETag,
            found.LastModified,
            found.AcceptRanges,
            found.ContentRange,
            found.CacheControl,
            found.ContentDisposition,
            found.ContentEncoding,
            found.ContentLanguage,
            found.Expires,
            found.Metadata,
            found.Checksums,
            found.VersionId,
            found.PartsCount,
            found.TagCount,
            found.WebsiteRedirectLocation,
            found.ServerSideEncryption);
    }

    public async Task<GetObjectTaggingOutput> GetObjectTagging(ObjectRequest request, CallContext call)
    {
        var (bucket, state, _) = await FindReadableAsync(request.Bucket, request.Key, request.VersionId, withValue: false, call);
        return new GetObjectTaggingOutput(ObjectTags.Show(state.Tags), ShowVersion(bucket, state));
    }

    public Task<TaggedOutput> PutObjectTagging(PutObjectTaggingRequest request, CallContext call)
    {
        var tags = ObjectTags.Checked(request.Tagging.TagSet, ObjectTags.MaxOfObject);
        return TagAsync(new ObjectRequest(request.Bucket, request.Key, request.VersionId), tags, call);
    }

    public Task<TaggedOutput> DeleteObjectTagging(ObjectRequest request, CallContext call) => TagAsync(request, null, call);

    private async Task<TaggedOutput> TagAsync(ObjectRequest request, SortedDictionary<string, string>? tags, CallContext call)
    {
        var key = ObjectKeys.Bytes(request.Key);
        var (bucket, state) = await Transactions.WriteAsync(
            async tx =>
            {
                var found = await stores.Buckets.GetAsync(tx, request.Bucket);
                var changed = await ObjectStore.ChangeAsync(tx, found, key, request.VersionId, old => old with { Tags = tags });
                stores.Events.Add(tx, found, new ObjectEvent(tags is null ? EventNames.TagDelete : EventNames.TagPut, request.Key, changed), call);
                return (found, changed);
            },
            call.Aborted);
        return new TaggedOutput(ShowVersion(bucket, state));
    }

    /// <summary>The object, and its bytes where they are a value of the store.</summary>
    /// <exception cref="S3Exception">There is nothing to read, or the caller may not know whether there is.</exception>
    private async ValueTask<(BucketState Bucket, ObjectState State, byte[]? Value)> FindReadableAsync(
        string bucketName, string key, string? versionId, bool withValue, CallContext call)
    {
        var bytes = ObjectKeys.Bytes(key);
        var (bucket, found, value) = await Transactions.ReadAsync(
            async tx =>
            {
                var of = await stores.Buckets.GetAsync(tx, bucketName);
                var state = await ObjectStore.FindAsync(tx, of, bytes, versionId);
                var read = withValue && state?.Content is { } content ? await stores.Content.ReadValueAsync(tx, content) : null;
                return (of, state, read);
            },
            call.Aborted);
        if (found is null && versionId is null)
        {
            await access.MayKnowAsync(bucket, call);
        }

        return (bucket, Readable.Require(found, key, versionId), value);
    }

    /// <summary>Checks the conditions, and says which bytes are read.</summary>
    private async ValueTask<ReadPlan> PlanAsync(GetObjectRequest request, ObjectState state)
    {
        Unsupported.Options("x-amz-server-side-encryption-", request.EncryptionOptions);
        new ReadConditions(request.IfMatch, request.IfNoneMatch, request.IfModifiedSince, request.IfUnmodifiedSince).Check(state);
        if (request.PartNumber is { } number)
        {
            if (request.Range is not null)
            {
                throw S3Exception.InvalidRequest("Cannot specify both Range header and partNumber query parameter");
            }

            return await PlanPartAsync(state, number);
        }

        // A range of what has changed meanwhile is the whole of the new.
        var isSame = request.IfRange is null || EntityTags.Any(request.IfRange, state.ETag);
        return isSame && ByteRange.Parse(request.Range, state.Size) is { } range
            ? new ReadPlan(range, IsPartial: true, null)
            : new ReadPlan(new ByteRange(0, state.Size), IsPartial: false, null);
    }

    private async ValueTask<ReadPlan> PlanPartAsync(ObjectState state, int number)
    {
        if (number is < 1 or > MultipartPlan.MaxParts)
        {
            throw S3Exception.InvalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", number.ToString());
        }

        if (state.Manifest is not { } id)
        {
            return number == 1
                ? new ReadPlan(new ByteRange(0, state.Size), IsPartial: state.Size > 0, null)
                : throw NoSuchPart(number, 1);
        }

        var manifest = await GetManifestAsync(id);
        if (number > manifest.Parts.Count)
        {
            throw NoSuchPart(number, manifest.Parts.Count);
        }

        var offset = manifest.Parts.Take(number - 1).Sum(static part => part.Size);
        return new ReadPlan(new ByteRange(offset, manifest.Parts[number - 1].Size), IsPartial: true, state.PartsCount);
    }

    private async ValueTask<Stream> OpenAsync(ObjectState state, byte[]? value, ReadPlan plan, CallContext call)
    {
        if (value is not null)
        {
            return new MemoryStream(value, (int)plan.Range.Offset, (int)plan.Range.Length, writable: false, publiclyVisible: true);
        }

        if (state.Content is { } content)
        {
            return await stores.Content.OpenAsync(content, plan.Range, call.Aborted);
        }

        var manifest = await GetManifestAsync(state.Manifest!.Value);
        return new PartsStream(stores.Content, manifest.Parts, plan.Range);
    }

    private async ValueTask<ManifestState> GetManifestAsync(ulong id) =>
        await Transactions.ReadAsync(tx => UploadRows.FindManifestAsync(tx, id)) ?? throw new FileNotFoundException($"Manifest {id:x16} is gone.");

    private static GetObjectOutput Describe(GetObjectRequest request, BucketState bucket, ObjectState state, ReadPlan plan)
    {
        var headers = state.Headers;
        var showsChecksum = request.ChecksumMode is not null && request.ChecksumMode.Equals("ENABLED", StringComparison.OrdinalIgnoreCase) && !plan.IsPartial;
        return new GetObjectOutput(
            plan.IsPartial ? 206 : 200,
            Body: null,
            plan.Range.Length,
            request.ResponseContentType ?? headers.ContentType ?? ObjectHeaders.DefaultContentType,
            state.QuotedETag,
            state.Modified)
        {
            ContentRange = plan.IsPartial ? plan.Range.Describe(state.Size) : null,
            CacheControl = request.ResponseCacheControl ?? headers.CacheControl,
            ContentDisposition = request.ResponseContentDisposition ?? headers.ContentDisposition,
            ContentEncoding = request.ResponseContentEncoding ?? headers.ContentEncoding,
            ContentLanguage = request.ResponseContentLanguage ?? headers.ContentLanguage,
            Expires = request.ResponseExpires ?? headers.Expires,
            Metadata = UserMetadata.Show(headers.Metadata),
            Checksums = showsChecksum ? ShowChecksum(state.Checksum) : null,
            VersionId = ShowVersion(bucket, state),
            PartsCount = plan.PartsCount,
            TagCount = state.Tags?.Count,
            WebsiteRedirectLocation = headers.WebsiteRedirect,
            ServerSideEncryption = state.IsSealed ? Aes : null,
        };
    }

    private static S3Exception NoSuchPart(int number, int count) => S3Exception.Of(
        "InvalidPartNumber", "The requested partnumber is not satisfiable", 416, ("PartNumberRequested", number), ("ActualPartCount", count));
}

/// <param name="PartsCount">Told when a part was asked for.</param>
internal readonly record struct ReadPlan(ByteRange Range, bool IsPartial, int? PartsCount);
