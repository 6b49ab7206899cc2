using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("POST", "/2021-10-31/functions/{FunctionName}/url", Status = 201), Access("function:{FunctionName}")]
    Task<CreateFunctionUrlConfigResult> CreateFunctionUrlConfig(CreateFunctionUrlConfigRequest request, CallContext call);

    [Http("GET", "/2021-10-31/functions/{FunctionName}/url"), Access("function:{FunctionName}")]
    Task<FunctionUrlConfig> GetFunctionUrlConfig(GetFunctionUrlConfigRequest request, CallContext call);

    [Http("PUT", "/2021-10-31/functions/{FunctionName}/url"), Access("function:{FunctionName}")]
    Task<FunctionUrlConfig> UpdateFunctionUrlConfig(UpdateFunctionUrlConfigRequest request, CallContext call);

    [Http("DELETE", "/2021-10-31/functions/{FunctionName}/url", Status = 204), Access("function:{FunctionName}")]
    Task DeleteFunctionUrlConfig(DeleteFunctionUrlConfigRequest request, CallContext call);

    [Http("GET", "/2021-10-31/functions/{FunctionName}/urls"), Access("function:{FunctionName}")]
    Task<ListFunctionUrlConfigsResult> ListFunctionUrlConfigs(ListFunctionUrlConfigsRequest request, CallContext call);
}

public sealed record CreateFunctionUrlConfigRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [OneOf("NONE", "AWS_IAM")] string AuthType,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.UrlQualifier)] string? Qualifier = null,
    Cors? Cors = null,
    [OneOf("BUFFERED", "RESPONSE_STREAM")] string? InvokeMode = null);

public sealed record Cors(
    bool? AllowCredentials = null,
    [Length(0, 100)] List<string>? AllowHeaders = null,
    [Length(0, 6)] List<string>? AllowMethods = null,
    [Length(0, 100)] List<string>? AllowOrigins = null,
    [Length(0, 100)] List<string>? ExposeHeaders = null,
    [Range(0, 86400)] int? MaxAge = null);

/// <param name="CreationTime">ISO 8601 with microseconds.</param>
public sealed record CreateFunctionUrlConfigResult(
    string FunctionUrl,
    string FunctionArn,
    string AuthType,
    string CreationTime,
    Cors? Cors = null,
    string? InvokeMode = null);

public sealed record FunctionUrlConfig(
    string FunctionUrl,
    string FunctionArn,
    string AuthType,
    string CreationTime,
    string LastModifiedTime,
    Cors? Cors = null,
    string? InvokeMode = null);

public sealed record GetFunctionUrlConfigRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.UrlQualifier)] string? Qualifier = null);

public sealed record UpdateFunctionUrlConfigRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.UrlQualifier)] string? Qualifier = null,
    [OneOf("NONE", "AWS_IAM")] string? AuthType = null,
    Cors? Cors = null,
    [OneOf("BUFFERED", "RESPONSE_STREAM")] string? InvokeMode = null);

public sealed record DeleteFunctionUrlConfigRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.UrlQualifier)] string? Qualifier = null);

public sealed record ListFunctionUrlConfigsRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [FromQuery("Marker")] string? Marker = null,
    [FromQuery("MaxItems"), Range(1, 50)] int? MaxItems = null);

public sealed record ListFunctionUrlConfigsResult(List<FunctionUrlConfig> FunctionUrlConfigs, string? NextMarker = null);
