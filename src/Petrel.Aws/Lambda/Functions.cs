using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("POST", "/2015-03-31/functions", Status = 201), Access("function:{FunctionName}"), BodyLimit(70_167_211)]
    Task<FunctionConfiguration> CreateFunction(CreateFunctionRequest request, CallContext call);

    [Http("GET", "/2015-03-31/functions/{FunctionName}"), Access("function:{FunctionName}")]
    Task<GetFunctionResult> GetFunction(GetFunctionRequest request, CallContext call);

    [Http("GET", "/2015-03-31/functions/{FunctionName}/configuration"), Access("function:{FunctionName}")]
    Task<FunctionConfiguration> GetFunctionConfiguration(GetFunctionConfigurationRequest request, CallContext call);

    [Http("PUT", "/2015-03-31/functions/{FunctionName}/code"), Access("function:{FunctionName}"), BodyLimit(70_167_211)]
    Task<FunctionConfiguration> UpdateFunctionCode(UpdateFunctionCodeRequest request, CallContext call);

    [Http("PUT", "/2015-03-31/functions/{FunctionName}/configuration"), Access("function:{FunctionName}")]
    Task<FunctionConfiguration> UpdateFunctionConfiguration(UpdateFunctionConfigurationRequest request, CallContext call);

    [Http("GET", "/2015-03-31/functions"), Access("*")]
    Task<ListFunctionsResult> ListFunctions(ListFunctionsRequest request, CallContext call);

    [Http("DELETE", "/2015-03-31/functions/{FunctionName}", Status = 204), Access("function:{FunctionName}")]
    Task DeleteFunction(DeleteFunctionRequest request, CallContext call);
}

public sealed record CreateFunctionRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [Pattern(LambdaPatterns.Role)] string Role,
    FunctionCode Code,
    string? Runtime = null,
    [Length(0, 128), Pattern(LambdaPatterns.HandlerOrCommand)] string? Handler = null,
    [Length(0, 256)] string? Description = null,
    [Range(1)] int? Timeout = null,
    [Range(128, 32768)] int? MemorySize = null,
    bool Publish = false,
    VpcConfig? VpcConfig = null,
    [OneOf("Zip", "Image")] string? PackageType = null,
    DeadLetterConfig? DeadLetterConfig = null,
    FunctionEnvironment? Environment = null,
    [WireName("KMSKeyArn"), Pattern(LambdaPatterns.ResourceArn)] string? KmsKeyArn = null,
    TracingConfig? TracingConfig = null,
    Dictionary<string, string>? Tags = null,
    List<string>? Layers = null,
    [Length(0, 1)] List<FileSystemConfig>? FileSystemConfigs = null,
    ImageConfig? ImageConfig = null,
    string? CodeSigningConfigArn = null,
    [Length(1, 1), OneOf("x86_64", "arm64")] List<string>? Architectures = null,
    EphemeralStorage? EphemeralStorage = null,
    SnapStart? SnapStart = null,
    LoggingConfig? LoggingConfig = null,
    CapacityProviderConfig? CapacityProviderConfig = null,
    [OneOf("LATEST_PUBLISHED")] string? PublishTo = null,
    DurableConfig? DurableConfig = null,
    TenancyConfig? TenancyConfig = null);

/// <summary>Where a function's package comes from; exactly one source is given.</summary>
public sealed record FunctionCode(
    byte[]? ZipFile = null,
    [Length(3, 63)] string? S3Bucket = null,
    [Length(1, 1024)] string? S3Key = null,
    [Length(1, 1024)] string? S3ObjectVersion = null,
    string? ImageUri = null,
    [WireName("SourceKMSKeyArn")] string? SourceKmsKeyArn = null);

public sealed record GetFunctionRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null);

public sealed record GetFunctionResult(
    FunctionConfiguration Configuration,
    FunctionCodeLocation Code,
    Dictionary<string, string>? Tags = null,
    Concurrency? Concurrency = null);

/// <param name="Location">A URL, valid for ten minutes, that answers the package; null for an image.</param>
/// <param name="ImageUri">The image as it was named.</param>
/// <param name="ResolvedImageUri">The image by its digest.</param>
public sealed record FunctionCodeLocation(string RepositoryType, string? Location, string? ImageUri = null, string? ResolvedImageUri = null);

public sealed record GetFunctionConfigurationRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null);

public sealed record UpdateFunctionCodeRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    byte[]? ZipFile = null,
    [Length(3, 63)] string? S3Bucket = null,
    [Length(1, 1024)] string? S3Key = null,
    [Length(1, 1024)] string? S3ObjectVersion = null,
    string? ImageUri = null,
    bool Publish = false,
    bool DryRun = false,
    string? RevisionId = null,
    [Length(1, 1), OneOf("x86_64", "arm64")] List<string>? Architectures = null,
    [WireName("SourceKMSKeyArn")] string? SourceKmsKeyArn = null,
    [OneOf("LATEST_PUBLISHED")] string? PublishTo = null);

public sealed record UpdateFunctionConfigurationRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [Pattern(LambdaPatterns.Role)] string? Role = null,
    [Length(0, 128), Pattern(LambdaPatterns.HandlerOrCommand)] string? Handler = null,
    [Length(0, 256)] string? Description = null,
    [Range(1)] int? Timeout = null,
    [Range(128, 32768)] int? MemorySize = null,
    VpcConfig? VpcConfig = null,
    FunctionEnvironment? Environment = null,
    string? Runtime = null,
    DeadLetterConfig? DeadLetterConfig = null,
    [WireName("KMSKeyArn"), Pattern(LambdaPatterns.ResourceArn)] string? KmsKeyArn = null,
    TracingConfig? TracingConfig = null,
    string? RevisionId = null,
    List<string>? Layers = null,
    [Length(0, 1)] List<FileSystemConfig>? FileSystemConfigs = null,
    ImageConfig? ImageConfig = null,
    EphemeralStorage? EphemeralStorage = null,
    SnapStart? SnapStart = null,
    LoggingConfig? LoggingConfig = null,
    CapacityProviderConfig? CapacityProviderConfig = null,
    DurableConfig? DurableConfig = null);

public sealed record ListFunctionsRequest(
    [FromQuery("MasterRegion"), Pattern(@"ALL|(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}")] string? MasterRegion = null,
    [FromQuery("FunctionVersion"), OneOf("ALL")] string? FunctionVersion = null,
    [FromQuery("Marker")] string? Marker = null,
    [FromQuery("MaxItems"), Range(1, 10000)] int? MaxItems = null);

public sealed record ListFunctionsResult(List<FunctionConfiguration> Functions, string? NextMarker = null);

public sealed record DeleteFunctionRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null);
