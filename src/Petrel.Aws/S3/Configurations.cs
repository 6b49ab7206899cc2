using Petrel.Wire;

namespace Petrel.Aws.S3;

public partial interface IS3
{
    [Http("GET", "/{Bucket}?cors"), Access("{Bucket}", Action = "GetBucketCORS")]
    Task<CORSConfiguration> GetBucketCors(BucketRequest request, CallContext call);

    [Http("PUT", "/{Bucket}?cors"), Access("{Bucket}", Action = "PutBucketCORS")]
    Task PutBucketCors(PutBucketCorsRequest request, CallContext call);

    [Http("DELETE", "/{Bucket}?cors", Status = 204), Access("{Bucket}", Action = "PutBucketCORS")]
    Task DeleteBucketCors(BucketRequest request, CallContext call);

    [Http("GET", "/{Bucket}?encryption"), Access("{Bucket}", Action = "GetEncryptionConfiguration")]
    Task<ServerSideEncryptionConfiguration> GetBucketEncryption(BucketRequest request, CallContext call);

    /// <summary>The platform's keys are all there is; what asks for others is refused by name.</summary>
    [Http("PUT", "/{Bucket}?encryption"), Access("{Bucket}", Action = "PutEncryptionConfiguration")]
    Task PutBucketEncryption(PutBucketEncryptionRequest request, CallContext call);

    [Http("DELETE", "/{Bucket}?encryption", Status = 204), Access("{Bucket}", Action = "PutEncryptionConfiguration")]
    Task DeleteBucketEncryption(BucketRequest request, CallContext call);

    [Http("GET", "/{Bucket}?notification"), Access("{Bucket}", Action = "GetBucketNotification")]
    Task<NotificationConfiguration> GetBucketNotificationConfiguration(BucketRequest request, CallContext call);

    /// <summary>Functions must exist and let the bucket invoke them. Queues, topics and the event bus are refused by name.</summary>
    [Http("PUT", "/{Bucket}?notification"), Access("{Bucket}", Action = "PutBucketNotification")]
    Task PutBucketNotificationConfiguration(PutBucketNotificationConfigurationRequest request, CallContext call);
}

public sealed record CORSConfiguration([WireName("CORSRule"), XmlList(Flattened = true)] IReadOnlyList<CORSRule>? CORSRules = null);

public sealed record CORSRule(
    [WireName("ID")] string? Id = null,
    [WireName("AllowedHeader"), XmlList(Flattened = true)] IReadOnlyList<string>? AllowedHeaders = null,
    [WireName("AllowedMethod"), XmlList(Flattened = true)] IReadOnlyList<string>? AllowedMethods = null,
    [WireName("AllowedOrigin"), XmlList(Flattened = true)] IReadOnlyList<string>? AllowedOrigins = null,
    [WireName("ExposeHeader"), XmlList(Flattened = true)] IReadOnlyList<string>? ExposeHeaders = null,
    int? MaxAgeSeconds = null);

public sealed record PutBucketCorsRequest(
    string Bucket,
    [Payload] CORSConfiguration CORSConfiguration,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record ServerSideEncryptionConfiguration(
    [WireName("Rule"), XmlList(Flattened = true)] IReadOnlyList<ServerSideEncryptionRule>? Rules = null);

public sealed record ServerSideEncryptionRule(
    ServerSideEncryptionByDefault? ApplyServerSideEncryptionByDefault = null,
    bool? BucketKeyEnabled = null,
    BlockedEncryptionTypes? BlockedEncryptionTypes = null);

public sealed record ServerSideEncryptionByDefault(string SSEAlgorithm, string? KMSMasterKeyID = null);

public sealed record BlockedEncryptionTypes([XmlList(Flattened = true)] IReadOnlyList<string>? EncryptionType = null);

public sealed record PutBucketEncryptionRequest(
    string Bucket,
    [Payload] ServerSideEncryptionConfiguration ServerSideEncryptionConfiguration,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);

public sealed record NotificationConfiguration(
    [WireName("CloudFunctionConfiguration"), XmlList(Flattened = true)] IReadOnlyList<FunctionNotification>? Functions = null,
    [WireName("QueueConfiguration"), XmlList(Flattened = true)] IReadOnlyList<OtherNotification>? Queues = null,
    [WireName("TopicConfiguration"), XmlList(Flattened = true)] IReadOnlyList<OtherNotification>? Topics = null,
    EventBridgeConfiguration? EventBridgeConfiguration = null);

public sealed record FunctionNotification(
    string? Id = null,
    string? CloudFunction = null,
    [WireName("Event"), XmlList(Flattened = true)] IReadOnlyList<string>? Events = null,
    NotificationFilter? Filter = null);

public sealed record NotificationFilter([WireName("S3Key")] NotificationKeyFilter? Key = null);

public sealed record NotificationKeyFilter([WireName("FilterRule"), XmlList(Flattened = true)] IReadOnlyList<NotificationFilterRule>? Rules = null);

public sealed record NotificationFilterRule(string? Name = null, string? Value = null);

/// <summary>Of destinations that are not built.</summary>
public sealed record OtherNotification(string? Id = null);

/// <summary>Of the event bus, which is not built.</summary>
public sealed record EventBridgeConfiguration(string? Unused = null);

public sealed record PutBucketNotificationConfigurationRequest(
    string Bucket,
    [Payload] NotificationConfiguration NotificationConfiguration,
    [InHeader("x-amz-skip-destination-validation")] bool? SkipDestinationValidation = null,
    [InHeader("x-amz-expected-bucket-owner")] string? ExpectedBucketOwner = null);
