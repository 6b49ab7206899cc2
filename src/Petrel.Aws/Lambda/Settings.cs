using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("GET", "/2020-06-30/functions/{FunctionName}/code-signing-config"), Access("function:{FunctionName}")]
    Task<GetFunctionCodeSigningConfigResult> GetFunctionCodeSigningConfig(GetFunctionCodeSigningConfigRequest request, CallContext call);

    [Http("PUT", "/2021-07-20/functions/{FunctionName}/runtime-management-config"), Access("function:{FunctionName}")]
    Task<RuntimeManagementConfig> PutRuntimeManagementConfig(PutRuntimeManagementConfigRequest request, CallContext call);

    [Http("GET", "/2021-07-20/functions/{FunctionName}/runtime-management-config"), Access("function:{FunctionName}")]
    Task<RuntimeManagementConfig> GetRuntimeManagementConfig(GetRuntimeManagementConfigRequest request, CallContext call);

    [Http("PUT", "/2024-08-31/functions/{FunctionName}/recursion-config"), Access("function:{FunctionName}")]
    Task<RecursionConfig> PutFunctionRecursionConfig(PutFunctionRecursionConfigRequest request, CallContext call);

    [Http("GET", "/2024-08-31/functions/{FunctionName}/recursion-config"), Access("function:{FunctionName}")]
    Task<RecursionConfig> GetFunctionRecursionConfig(GetFunctionRecursionConfigRequest request, CallContext call);
}

public sealed record GetFunctionCodeSigningConfigRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName);

/// <summary>Empty: no function has a code signing configuration.</summary>
public sealed record GetFunctionCodeSigningConfigResult(string? CodeSigningConfigArn = null, string? FunctionName = null);

public sealed record PutRuntimeManagementConfigRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [OneOf("Auto", "Manual", "FunctionUpdate")] string UpdateRuntimeOn,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null,
    [Length(26, 2048), Pattern(LambdaPatterns.RuntimeVersionArn)] string? RuntimeVersionArn = null);

public sealed record GetRuntimeManagementConfigRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null);

public sealed record RuntimeManagementConfig(string UpdateRuntimeOn, string FunctionArn, string? RuntimeVersionArn = null);

public sealed record PutFunctionRecursionConfigRequest(
    [Length(1, 140), Pattern(LambdaPatterns.UnqualifiedFunctionName)] string FunctionName,
    [OneOf("Terminate", "Allow")] string RecursiveLoop);

public sealed record GetFunctionRecursionConfigRequest(
    [Length(1, 140), Pattern(LambdaPatterns.UnqualifiedFunctionName)] string FunctionName);

public sealed record RecursionConfig(string RecursiveLoop);
