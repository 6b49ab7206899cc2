using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Model;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Api;

/// <content>CORS, encryption and notifications of buckets.</content>
internal sealed partial class S3Service
{
    public async Task<CORSConfiguration> GetBucketCors(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        return bucket.Cors is { } rules
            ? new CORSConfiguration(rules)
            : throw S3Exception.Of("NoSuchCORSConfiguration", "The CORS configuration does not exist", 404, ("BucketName", bucket.Name));
    }

    public Task PutBucketCors(PutBucketCorsRequest request, CallContext call)
    {
        var rules = request.CORSConfiguration.CORSRules;
        CorsRules.Check(rules);
        return ChangeBucketAsync(request.Bucket, call, bucket => bucket with { Cors = rules });
    }

    public Task DeleteBucketCors(BucketRequest request, CallContext call) =>
        ChangeBucketAsync(request.Bucket, call, static bucket => bucket with { Cors = null });

    public async Task<ServerSideEncryptionConfiguration> GetBucketEncryption(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        return stores.Content.SealsAll || bucket.Seals
            ? new ServerSideEncryptionConfiguration([new ServerSideEncryptionRule(new ServerSideEncryptionByDefault(Aes), BucketKeyEnabled: false)])
            : throw S3Exception.Of(
                "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found", 404, ("BucketName", bucket.Name));
    }

    public Task PutBucketEncryption(PutBucketEncryptionRequest request, CallContext call)
    {
        if (request.ServerSideEncryptionConfiguration.Rules is not [{ ApplyServerSideEncryptionByDefault: { } chosen } rule])
        {
            throw S3Exception.MalformedXml();
        }

        Unsupported.Encryption(chosen.SSEAlgorithm, null);
        Unsupported.Header("KMSMasterKeyID", chosen.KMSMasterKeyID);
        Unsupported.Header("BucketKeyEnabled", rule.BucketKeyEnabled is true ? "true" : null);
        Unsupported.Header("BlockedEncryptionTypes", rule.BlockedEncryptionTypes);
        return ChangeBucketAsync(request.Bucket, call, static bucket => bucket with { Seals = true });
    }

    public Task DeleteBucketEncryption(BucketRequest request, CallContext call) =>
        ChangeBucketAsync(request.Bucket, call, static bucket => bucket with { Seals = false });

    public async Task<NotificationConfiguration> GetBucketNotificationConfiguration(BucketRequest request, CallContext call)
    {
        var bucket = await GetBucketAsync(request.Bucket, call);
        return new NotificationConfiguration([.. (bucket.Notifications ?? []).Select(static rule => rule.Show())]);
    }

    public async Task PutBucketNotificationConfiguration(PutBucketNotificationConfigurationRequest request, CallContext call)
    {
        var asked = request.NotificationConfiguration;
        if (asked.Queues is { Count: > 0 } || asked.Topics is { Count: > 0 } || asked.EventBridgeConfiguration is not null)
        {
            throw CommonException.NotImplemented("s3", "notifications to queues, topics or the event bus");
        }

        var rules = (asked.Functions ?? []).Select(rule => NotificationRule.Read(rule, ids.NextGuid().ToString())).ToArray();
        NotificationRule.CheckOverlaps(rules);
        var found = await GetBucketAsync(request.Bucket, call);
        if (request.SkipDestinationValidation is not true)
        {
            foreach (var rule in rules)
            {
                await CheckTargetAsync(found, rule, call);
            }
        }

        await ChangeBucketAsync(request.Bucket, call, bucket => bucket with { Notifications = rules.Length == 0 ? null : rules });
    }

    private async Task CheckTargetAsync(BucketState bucket, NotificationRule rule, CallContext call)
    {
        try
        {
            await targets.CheckAsync(bucket, rule.FunctionArn, call);
        }
        catch (ServiceException refusal)
        {
            throw S3Exception.InvalidArgument(
                "Unable to validate the following destination configurations",
                rule.FunctionArn,
                refusal.Status == 403 ? "Not authorized to invoke function [" + rule.FunctionArn + "]" : "The destination Lambda does not exist");
        }
    }
}
