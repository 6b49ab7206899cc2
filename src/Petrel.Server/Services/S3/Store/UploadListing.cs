using Petrel.Server.Services.S3.Model;
using Petrel.Server.State;
using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store;

internal sealed record UploadPage(List<UploadState> Uploads, List<string> Prefixes, byte[]? Last, string? LastUpload, bool IsTruncated);

/// <summary>Lists uploads in progress, by key and then by when they began.</summary>
internal static class UploadListing
{
    /// <param name="afterUpload">With <see cref="ListingQuery.After"/>: the upload of that key after which the listing begins.</param>
    public static async ValueTask<UploadPage> ListAsync(IReadTransaction tx, ListingQuery query, string? afterUpload)
    {
        var uploads = new List<UploadState>();
        var prefixes = new List<string>();
        if (query.Limit == 0)
        {
            return new UploadPage(uploads, prefixes, null, null, false);
        }

        var isWithinKey = !string.IsNullOrEmpty(afterUpload) && query.After is not null;
        var range = isWithinKey
            ? UploadRows.From(query.Bucket, query.After!, afterUpload, query.Prefix)
            : UploadRows.From(query.Bucket, query.Start, null, query.Prefix);
        var cursor = new RowCursor(tx, range, query.Limit + 1);
        byte[]? last = null;
        while (await cursor.PeekAsync() is { } row)
        {
            if (uploads.Count + prefixes.Count == query.Limit)
            {
                return new UploadPage(uploads, prefixes, last, uploads.Count == 0 ? null : uploads[^1].UploadId, IsTruncated: true);
            }

            var key = UploadRows.ReadKey(row.Key).Key;
            if (query.CommonPrefix(key) is { } folded)
            {
                prefixes.Add(ObjectKeys.Text(folded));
                last = folded;
                cursor.Jump(UploadRows.From(query.Bucket, ObjectKeys.Successor(folded) ?? folded, null, []).Begin);
                continue;
            }

            uploads.Add(StateJson.Read<UploadState>(row.Value));
            last = key;
            cursor.Next();
        }

        return new UploadPage(uploads, prefixes, last, null, IsTruncated: false);
    }
}
