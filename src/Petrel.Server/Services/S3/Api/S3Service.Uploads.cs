using System.Text;
using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.Services.S3.Store;
using Petrel.Server.State;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Api;

/// <content>What there is of uploads, and of objects made of them.</content>
internal sealed partial class S3Service
{
    private static readonly string[] Attributes = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

    public async Task<ListPartsResult> ListParts(ListPartsRequest request, CallContext call)
    {
        Unsupported.Options("x-amz-server-side-encryption-", request.EncryptionOptions);
        var key = ObjectKeys.Bytes(request.Key);
        var limit = Bounded(request.MaxParts, "max-parts");
        var after = Math.Max(0, request.PartNumberMarker ?? 0);
        var (bucket, upload, parts) = await Transactions.ReadAsync(
            async tx =>
            {
                var of = await stores.Buckets.GetAsync(tx, request.Bucket);
                var found = await UploadRows.GetAsync(tx, of.Id, key, request.UploadId);
                return (of, found, await UploadRows.ListPartsAsync(tx, found.UploadId, after, limit + 1));
            },
            call.Aborted);
        var shown = parts.Take(limit).ToArray();
        return new ListPartsResult(
            bucket.Name,
            request.Key,
            upload.UploadId,
            after,
            shown.Length == 0 ? 0 : shown[^1].Number,
            limit,
            parts.Count > limit,
            CanonicalUsers.Of(upload.Initiator),
            OwnerOf(bucket),
            Unsupported.Standard,
            upload.ChecksumAlgorithm,
            upload.ChecksumAlgorithm is null ? null : upload.IsComposite ? ChecksumTypes.Composite : ChecksumTypes.FullObject,
            [.. shown.Select(static part => Show(part))]);
    }

    public async Task<ListMultipartUploadsResult> ListMultipartUploads(ListMultipartUploadsRequest request, CallContext call)
    {
        var rules = ListingRules.Read(request.EncodingType);
        var limit = Bounded(request.MaxUploads, "max-uploads");
        var (bucket, page) = await Transactions.ReadAsync(
            async tx =>
            {
                var of = await stores.Buckets.GetAsync(tx, request.Bucket);
                var after = string.IsNullOrEmpty(request.KeyMarker) ? null : Encoding.UTF8.GetBytes(request.KeyMarker);
                return (of, await UploadListing.ListAsync(tx, Query(of, request.Prefix, request.Delimiter, after, limit), request.UploadIdMarker));
            },
            call.Aborted);
        var owner = OwnerOf(bucket);
        return new ListMultipartUploadsResult(
            bucket.Name,
            rules.Show(request.KeyMarker ?? ""),
            request.UploadIdMarker ?? "",
            limit,
            page.IsTruncated,
            page.IsTruncated ? rules.Show(ObjectKeys.Text(page.Last)) : null,
            page.IsTruncated ? page.LastUpload : null,
            rules.Show(request.Prefix ?? ""),
            rules.ShowOrNull(request.Delimiter),
            request.EncodingType,
            [.. page.Uploads.Select(upload => new ListedUpload(
                rules.Show(upload.Key),
                upload.UploadId,
                CanonicalUsers.Of(upload.Initiator),
                owner,
                Unsupported.Standard,
                Seconds(upload.InitiatedMs),
                upload.ChecksumAlgorithm,
                upload.ChecksumAlgorithm is null ? null : upload.IsComposite ? ChecksumTypes.Composite : ChecksumTypes.FullObject))],
            ShowPrefixes(page.Prefixes, rules));
    }

    public async Task<GetObjectAttributesOutput> GetObjectAttributes(GetObjectAttributesRequest request, CallContext call)
    {
        Unsupported.Options("x-amz-server-side-encryption-", request.EncryptionOptions);
        if (request.ObjectAttributes.Any(static name => Array.IndexOf(Attributes, name) < 0))
        {
            throw S3Exception.InvalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", string.Join(',', request.ObjectAttributes));
        }

        var (bucket, state, _) = await FindReadableAsync(request.Bucket, request.Key, request.VersionId, withValue: false, call);
        var wanted = request.ObjectAttributes.ToHashSet(StringComparer.Ordinal);
        var parts = wanted.Contains("ObjectParts") && state.Manifest is { } manifest ? ShowParts(request, await GetManifestAsync(manifest)) : null;
        return new GetObjectAttributesOutput(
            new GetObjectAttributesResponse(
                wanted.Contains("ETag") ? state.ETag : null,
                wanted.Contains("Checksum") ? Show(state.Checksum) : null,
                parts,
                wanted.Contains("StorageClass") ? Unsupported.Standard : null,
                wanted.Contains("ObjectSize") ? state.Size : null),
            state.Modified,
            ShowVersion(bucket, state));
    }

    private static ObjectParts ShowParts(GetObjectAttributesRequest request, ManifestState manifest)
    {
        var limit = Math.Min(request.MaxParts ?? ListingRules.MaxPage, ListingRules.MaxPage);
        var after = request.PartNumberMarker ?? 0;
        var left = manifest.Parts.Where(part => part.Number > after).ToArray();
        var shown = left.Take(limit).Select(static part => new ObjectPart(
            part.Number,
            part.Size,
            ValueOf(part.Checksum, "CRC32"),
            ValueOf(part.Checksum, "CRC32C"),
            ValueOf(part.Checksum, "CRC64NVME"),
            ValueOf(part.Checksum, "SHA1"),
            ValueOf(part.Checksum, "SHA256"))).ToArray();
        return new ObjectParts(
            manifest.Parts.Count, after, shown.Length == 0 ? 0 : shown[^1].PartNumber, limit, left.Length > shown.Length, shown);
    }

    /// <summary>Here the number of parts is left away.</summary>
    private static ObjectChecksum? Show(StoredChecksum? checksum)
    {
        if (checksum is null)
        {
            return null;
        }

        var plain = checksum.IsComposite ? checksum with { Value = checksum.Value[..checksum.Value.LastIndexOf('-')] } : checksum;
        return new ObjectChecksum(
            ValueOf(plain, "CRC32"), ValueOf(plain, "CRC32C"), ValueOf(plain, "CRC64NVME"), ValueOf(plain, "SHA1"), ValueOf(plain, "SHA256"), plain.Type);
    }

    private static ListedPart Show(PartState part) => new(
        part.Number,
        Seconds(part.ModifiedMs),
        $"\"{part.ETag}\"",
        part.Size,
        ValueOf(part.Checksum, "CRC32"),
        ValueOf(part.Checksum, "CRC32C"),
        ValueOf(part.Checksum, "CRC64NVME"),
        ValueOf(part.Checksum, "SHA1"),
        ValueOf(part.Checksum, "SHA256"));

    private static int Bounded(int? asked, string name) => asked switch
    {
        null => ListingRules.MaxPage,
        < 0 => throw S3Exception.InvalidArgument($"Argument {name} must be an integer between 0 and 2147483647", name, asked.ToString()),
        _ => Math.Min(asked.Value, ListingRules.MaxPage),
    };
}
