using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

/// <summary>
/// DynamoDB: tables of items, their indexes, backups and expiry. One file a noun; what stands in
/// <see cref="AwsServiceAttribute.NotImplemented"/> answers 501 by name.
/// </summary>
[AwsService(
    "dynamodb",
    Protocol.Json10,
    ApiVersion = "2012-08-10",
    TargetPrefix = "DynamoDB_20120810",
    ErrorNamespace = "com.amazonaws.dynamodb.v20120810",
    NotImplemented =
    [
        "BatchGetItem",
        "BatchWriteItem",
        "CreateGlobalTable",
        "DeleteItem",
        "DescribeContributorInsights",
        "DescribeExport",
        "DescribeGlobalTable",
        "DescribeGlobalTableSettings",
        "DescribeImport",
        "DescribeKinesisStreamingDestination",
        "DescribeTableReplicaAutoScaling",
        "DisableKinesisStreamingDestination",
        "EnableKinesisStreamingDestination",
        "ExportTableToPointInTime",
        "GetItem",
        "ImportTable",
        "ListContributorInsights",
        "ListExports",
        "ListGlobalTables",
        "ListImports",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateContributorInsights",
        "UpdateGlobalTable",
        "UpdateGlobalTableSettings",
        "UpdateItem",
        "UpdateKinesisStreamingDestination",
        "UpdateTableReplicaAutoScaling",
    ])]
public partial interface IDynamoDb;
