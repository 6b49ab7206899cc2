using Petrel.Wire;

namespace Petrel.Aws.S3;

/// <summary>
/// S3: buckets and their objects. One file a noun; what stands in <see cref="AwsServiceAttribute.NotImplemented"/> answers 501 by name.
/// </summary>
[AwsService(
    "s3",
    Protocol.RestXml,
    ApiVersion = "2006-03-01",
    XmlNamespace = "http://s3.amazonaws.com/doc/2006-03-01/",
    NotImplemented =
    [
        "POST /{Bucket}?metadataConfiguration CreateBucketMetadataConfiguration",
        "POST /{Bucket}?metadataTable CreateBucketMetadataTableConfiguration",
        "GET /{Bucket}?session CreateSession",
        "DELETE /{Bucket}?analytics DeleteBucketAnalyticsConfiguration",
        "DELETE /{Bucket}?intelligent-tiering DeleteBucketIntelligentTieringConfiguration",
        "DELETE /{Bucket}?inventory DeleteBucketInventoryConfiguration",
        "DELETE /{Bucket}?metadataConfiguration DeleteBucketMetadataConfiguration",
        "DELETE /{Bucket}?metadataTable DeleteBucketMetadataTableConfiguration",
        "DELETE /{Bucket}?metrics DeleteBucketMetricsConfiguration",
        "DELETE /{Bucket}?replication DeleteBucketReplication",
        "GET /{Bucket}?abac GetBucketAbac",
        "GET /{Bucket}?accelerate GetBucketAccelerateConfiguration",
        "GET /{Bucket}?analytics&id GetBucketAnalyticsConfiguration",
        "GET /{Bucket}?intelligent-tiering&id GetBucketIntelligentTieringConfiguration",
        "GET /{Bucket}?inventory&id GetBucketInventoryConfiguration",
        "GET /{Bucket}?logging GetBucketLogging",
        "GET /{Bucket}?metadataConfiguration GetBucketMetadataConfiguration",
        "GET /{Bucket}?metadataTable GetBucketMetadataTableConfiguration",
        "GET /{Bucket}?metrics&id GetBucketMetricsConfiguration",
        "GET /{Bucket}?replication GetBucketReplication",
        "GET /{Bucket}?requestPayment GetBucketRequestPayment",
        "GET /{Bucket}/{Key+}?legal-hold GetObjectLegalHold",
        "GET /{Bucket}?object-lock GetObjectLockConfiguration",
        "GET /{Bucket}/{Key+}?retention GetObjectRetention",
        "GET /{Bucket}/{Key+}?torrent GetObjectTorrent",
        "GET /{Bucket}?analytics ListBucketAnalyticsConfigurations",
        "GET /{Bucket}?intelligent-tiering ListBucketIntelligentTieringConfigurations",
        "GET /{Bucket}?inventory ListBucketInventoryConfigurations",
        "GET /{Bucket}?metrics ListBucketMetricsConfigurations",
        "PUT /{Bucket}?abac PutBucketAbac",
        "PUT /{Bucket}?accelerate PutBucketAccelerateConfiguration",
        "PUT /{Bucket}?analytics PutBucketAnalyticsConfiguration",
        "PUT /{Bucket}?intelligent-tiering PutBucketIntelligentTieringConfiguration",
        "PUT /{Bucket}?inventory PutBucketInventoryConfiguration",
        "PUT /{Bucket}?logging PutBucketLogging",
        "PUT /{Bucket}?metrics PutBucketMetricsConfiguration",
        "PUT /{Bucket}?replication PutBucketReplication",
        "PUT /{Bucket}?requestPayment PutBucketRequestPayment",
        "PUT /{Bucket}/{Key+}?legal-hold PutObjectLegalHold",
        "PUT /{Bucket}?object-lock PutObjectLockConfiguration",
        "PUT /{Bucket}/{Key+}?retention PutObjectRetention",
        "PUT /{Bucket}/{Key+}?renameObject RenameObject",
        "POST /{Bucket}/{Key+}?restore RestoreObject",
        "POST /{Bucket}/{Key+}?select&select-type=2 SelectObjectContent",
        "PUT /{Bucket}?metadataInventoryTable UpdateBucketMetadataInventoryTableConfiguration",
        "PUT /{Bucket}?metadataJournalTable UpdateBucketMetadataJournalTableConfiguration",
        "PUT /{Bucket}/{Key+}?encryption UpdateObjectEncryption",
        "POST /WriteGetObjectResponse WriteGetObjectResponse"
    ])]
public partial interface IS3;
