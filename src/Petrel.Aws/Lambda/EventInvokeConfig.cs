using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("PUT", "/2019-09-25/functions/{FunctionName}/event-invoke-config"), Access("function:{FunctionName}")]
    Task<FunctionEventInvokeConfig> PutFunctionEventInvokeConfig(PutFunctionEventInvokeConfigRequest request, CallContext call);

    [Http("POST", "/2019-09-25/functions/{FunctionName}/event-invoke-config"), Access("function:{FunctionName}")]
    Task<FunctionEventInvokeConfig> UpdateFunctionEventInvokeConfig(UpdateFunctionEventInvokeConfigRequest request, CallContext call);

    [Http("GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config"), Access("function:{FunctionName}")]
    Task<FunctionEventInvokeConfig> GetFunctionEventInvokeConfig(GetFunctionEventInvokeConfigRequest request, CallContext call);

    [Http("DELETE", "/2019-09-25/functions/{FunctionName}/event-invoke-config", Status = 204), Access("function:{FunctionName}")]
    Task DeleteFunctionEventInvokeConfig(DeleteFunctionEventInvokeConfigRequest request, CallContext call);

    [Http("GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list"), Access("function:{FunctionName}")]
    Task<ListFunctionEventInvokeConfigsResult> ListFunctionEventInvokeConfigs(
        ListFunctionEventInvokeConfigsRequest request,
        CallContext call);
}

public sealed record PutFunctionEventInvokeConfigRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null,
    [Range(0, 2)] int? MaximumRetryAttempts = null,
    [Range(60, 21600)] int? MaximumEventAgeInSeconds = null,
    DestinationConfig? DestinationConfig = null);

public sealed record UpdateFunctionEventInvokeConfigRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null,
    [Range(0, 2)] int? MaximumRetryAttempts = null,
    [Range(60, 21600)] int? MaximumEventAgeInSeconds = null,
    DestinationConfig? DestinationConfig = null);

/// <summary>Where the records of asynchronous invocations go.</summary>
public sealed record DestinationConfig(Destination? OnSuccess = null, Destination? OnFailure = null);

/// <param name="Arn">The target's ARN.</param>
public sealed record Destination(
    [WireName("Destination"), Length(0, 350), Pattern(LambdaPatterns.Destination)] string? Arn = null);

public sealed record FunctionEventInvokeConfig(
    DateTimeOffset LastModified,
    string FunctionArn,
    int? MaximumRetryAttempts = null,
    int? MaximumEventAgeInSeconds = null,
    DestinationConfig? DestinationConfig = null);

public sealed record GetFunctionEventInvokeConfigRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null);

public sealed record DeleteFunctionEventInvokeConfigRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null);

public sealed record ListFunctionEventInvokeConfigsRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [FromQuery("Marker")] string? Marker = null,
    [FromQuery("MaxItems"), Range(1, 50)] int? MaxItems = null);

public sealed record ListFunctionEventInvokeConfigsResult(
    List<FunctionEventInvokeConfig> FunctionEventInvokeConfigs,
    string? NextMarker = null);
