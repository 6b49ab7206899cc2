using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Model;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Api;

/// <content>Lifecycle and website of buckets.</content>
internal sealed partial class S3Service
{
    public async Task<LifecycleConfiguration> GetBucketLifecycleConfiguration(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        return bucket.Lifecycle is { } rules
            ? new LifecycleConfiguration(rules)
            : throw S3Exception.Of(
                "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", 404, ("BucketName", bucket.Name));
    }

    public Task PutBucketLifecycleConfiguration(PutBucketLifecycleConfigurationRequest request, CallContext call)
    {
        var rules = LifecycleRules.Check(request.LifecycleConfiguration.Rules, () => ids.NextGuid().ToString());
        return ChangeBucketAsync(request.Bucket, call, bucket => bucket with { Lifecycle = rules });
    }

    public Task DeleteBucketLifecycle(BucketRequest request, CallContext call) =>
        ChangeBucketAsync(request.Bucket, call, static bucket => bucket with { Lifecycle = null });

    public async Task<WebsiteConfiguration> GetBucketWebsite(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        return bucket.Website
            ?? throw S3Exception.Of(
                "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration", 404, ("BucketName", bucket.Name));
    }

    public Task PutBucketWebsite(PutBucketWebsiteRequest request, CallContext call)
    {
        WebsiteRules.Check(request.WebsiteConfiguration);
        return ChangeBucketAsync(request.Bucket, call, bucket => bucket with { Website = request.WebsiteConfiguration });
    }

    public Task DeleteBucketWebsite(BucketRequest request, CallContext call) =>
        ChangeBucketAsync(request.Bucket, call, static bucket => bucket with { Website = null });
}
