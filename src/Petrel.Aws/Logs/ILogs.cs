using Petrel.Wire;

namespace Petrel.Aws.Logs;

/// <summary>
/// CloudWatch Logs: groups, streams and their events. One file a noun; what stands in <see cref="AwsServiceAttribute.NotImplemented"/>
/// answers 501 by name.
/// </summary>
[AwsService(
    "logs",
    Protocol.Json11,
    ApiVersion = "2014-03-28",
    TargetPrefix = "Logs_20140328",
    MemberCase = MemberCase.Camel,
    ValidationCode = "InvalidParameterException",
    NotImplemented =
    [
        "AssociateKmsKey", "AssociateSourceToS3TableIntegration", "CancelExportTask", "CancelImportTask", "CreateDelivery",
        "CreateExportTask", "CreateImportTask", "CreateLogAnomalyDetector", "CreateLookupTable", "CreateScheduledQuery",
        "DeleteAccountPolicy", "DeleteDataProtectionPolicy", "DeleteDelivery", "DeleteDeliveryDestination",
        "DeleteDeliveryDestinationPolicy", "DeleteDeliverySource", "DeleteDestination", "DeleteIndexPolicy", "DeleteIntegration",
        "DeleteLogAnomalyDetector", "DeleteLookupTable", "DeleteMetricFilter", "DeleteQueryDefinition", "DeleteResourcePolicy",
        "DeleteScheduledQuery", "DeleteSubscriptionFilter", "DeleteTransformer", "DescribeAccountPolicies",
        "DescribeConfigurationTemplates", "DescribeDeliveries", "DescribeDeliveryDestinations", "DescribeDeliverySources",
        "DescribeDestinations", "DescribeExportTasks", "DescribeFieldIndexes", "DescribeImportTaskBatches", "DescribeImportTasks",
        "DescribeIndexPolicies", "DescribeLookupTables", "DescribeMetricFilters", "DescribeQueries", "DescribeQueryDefinitions",
        "DescribeResourcePolicies", "DescribeSubscriptionFilters", "DisassociateKmsKey", "DisassociateSourceFromS3TableIntegration",
        "GetDataProtectionPolicy", "GetDelivery", "GetDeliveryDestination", "GetDeliveryDestinationPolicy", "GetDeliverySource",
        "GetIntegration", "GetLogAnomalyDetector", "GetLogFields", "GetLogGroupFields", "GetLogObject", "GetLogRecord",
        "GetLookupTable", "GetQueryResults", "GetScheduledQuery", "GetScheduledQueryHistory", "GetTransformer",
        "ListAggregateLogGroupSummaries", "ListAnomalies", "ListIntegrations", "ListLogAnomalyDetectors", "ListLogGroupsForQuery",
        "ListScheduledQueries", "ListSourcesForS3TableIntegration", "PutAccountPolicy", "PutBearerTokenAuthentication",
        "PutDataProtectionPolicy", "PutDeliveryDestination", "PutDeliveryDestinationPolicy", "PutDeliverySource", "PutDestination",
        "PutDestinationPolicy", "PutIndexPolicy", "PutIntegration", "PutMetricFilter", "PutQueryDefinition", "PutResourcePolicy",
        "PutSubscriptionFilter", "PutTransformer", "StartQuery", "StopQuery", "TestTransformer", "UpdateAnomaly",
        "UpdateDeliveryConfiguration", "UpdateLogAnomalyDetector", "UpdateLookupTable", "UpdateScheduledQuery",
    ])]
public partial interface ILogs;

/// <summary>What names and patterns of the service look like.</summary>
internal static class LogPatterns
{
    public const string Group = @"[\.\-_/#A-Za-z0-9]+";
    public const string GroupPattern = @"[\.\-_/#A-Za-z0-9]*";
    public const string Identifier = @"[\w#+=/:,.@-]*";
    public const string Stream = "[^:*]*";
    public const string Arn = @"[\w+=/:,.@-]*";
}
