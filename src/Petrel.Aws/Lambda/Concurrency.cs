using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("PUT", "/2017-10-31/functions/{FunctionName}/concurrency"), Access("function:{FunctionName}")]
    Task<Concurrency> PutFunctionConcurrency(PutFunctionConcurrencyRequest request, CallContext call);

    [Http("GET", "/2019-09-30/functions/{FunctionName}/concurrency"), Access("function:{FunctionName}")]
    Task<Concurrency> GetFunctionConcurrency(GetFunctionConcurrencyRequest request, CallContext call);

    [Http("DELETE", "/2017-10-31/functions/{FunctionName}/concurrency", Status = 204), Access("function:{FunctionName}")]
    Task DeleteFunctionConcurrency(DeleteFunctionConcurrencyRequest request, CallContext call);

    [Http("PUT", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", Status = 202), Access("function:{FunctionName}:{Qualifier}")]
    Task<ProvisionedConcurrency> PutProvisionedConcurrencyConfig(PutProvisionedConcurrencyConfigRequest request, CallContext call);

    [Http("GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"), Access("function:{FunctionName}:{Qualifier}")]
    Task<ProvisionedConcurrency> GetProvisionedConcurrencyConfig(GetProvisionedConcurrencyConfigRequest request, CallContext call);

    [Http("GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL"), Access("function:{FunctionName}")]
    Task<ListProvisionedConcurrencyConfigsResult> ListProvisionedConcurrencyConfigs(
        ListProvisionedConcurrencyConfigsRequest request,
        CallContext call);

    [Http("DELETE", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", Status = 204)]
    [Access("function:{FunctionName}:{Qualifier}")]
    Task DeleteProvisionedConcurrencyConfig(DeleteProvisionedConcurrencyConfigRequest request, CallContext call);
}

public sealed record PutFunctionConcurrencyRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [Range(0)] int ReservedConcurrentExecutions);

public sealed record Concurrency(int? ReservedConcurrentExecutions = null);

public sealed record GetFunctionConcurrencyRequest([Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName);

public sealed record DeleteFunctionConcurrencyRequest([Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName);

public sealed record PutProvisionedConcurrencyConfigRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.ProvisionedQualifier)] string Qualifier,
    [Range(1)] int ProvisionedConcurrentExecutions);

/// <param name="Status"><c>IN_PROGRESS</c>, <c>READY</c> or <c>FAILED</c>.</param>
public sealed record ProvisionedConcurrency(
    int RequestedProvisionedConcurrentExecutions,
    int AvailableProvisionedConcurrentExecutions,
    int AllocatedProvisionedConcurrentExecutions,
    string Status,
    [Timestamp(TimestampFormat.Lambda)] DateTimeOffset LastModified,
    string? StatusReason = null);

public sealed record GetProvisionedConcurrencyConfigRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.ProvisionedQualifier)] string Qualifier);

public sealed record ListProvisionedConcurrencyConfigsRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [FromQuery("Marker")] string? Marker = null,
    [FromQuery("MaxItems"), Range(1, 50)] int? MaxItems = null);

public sealed record ListProvisionedConcurrencyConfigsResult(
    List<ProvisionedConcurrencyItem> ProvisionedConcurrencyConfigs,
    string? NextMarker = null);

public sealed record ProvisionedConcurrencyItem(
    string FunctionArn,
    int RequestedProvisionedConcurrentExecutions,
    int AvailableProvisionedConcurrentExecutions,
    int AllocatedProvisionedConcurrentExecutions,
    string Status,
    [Timestamp(TimestampFormat.Lambda)] DateTimeOffset LastModified,
    string? StatusReason = null);

public sealed record DeleteProvisionedConcurrencyConfigRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.ProvisionedQualifier)] string Qualifier);
