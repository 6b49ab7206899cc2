using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Api;

/// <summary>Reads objects for other services, which call in process: what the edge would have asked is asked here.</summary>
internal sealed class ObjectReader(IS3 s3, S3Store store, BucketStore buckets, S3Access access) : IObjectReader
{
    public async Task<(Stream Body, long Size)> OpenAsync(string bucket, string key, string? versionId, CallContext call)
    {
        var found = await store.ReadAsync(tx => buckets.GetAsync(tx, bucket), call.Aborted);
        S3Access.CheckRegion(found, call);
        await access.AuthorizeAsync(new ObjectAccess(found, versionId is null ? "s3:GetObject" : "s3:GetObjectVersion", key) { VersionId = versionId }, call);
        var answer = await s3.GetObject(new GetObjectRequest(bucket, key, versionId), call);
        return (answer.Body!, answer.ContentLength);
    }
}
