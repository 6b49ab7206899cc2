using Petrel.Wire;

namespace Petrel.Aws.Lambda;

/// <summary>What Lambda says of a function's version.</summary>
public sealed record FunctionConfiguration(
    string FunctionName,
    string FunctionArn,
    string? Runtime,
    string Role,
    string? Handler,
    long CodeSize,
    string Description,
    int Timeout,
    int MemorySize,
    [Timestamp(TimestampFormat.Lambda)] DateTimeOffset LastModified,
    string CodeSha256,
    string Version,
    VpcConfigDetail? VpcConfig,
    DeadLetterConfig? DeadLetterConfig,
    FunctionEnvironment? Environment,
    TracingConfig TracingConfig,
    string? MasterArn,
    string RevisionId,
    List<LayerReference>? Layers,
    string? State,
    string? StateReason,
    string? StateReasonCode,
    string? LastUpdateStatus,
    string? LastUpdateStatusReason,
    string? LastUpdateStatusReasonCode,
    string PackageType,
    List<string> Architectures,
    EphemeralStorage EphemeralStorage,
    SnapStartDetail SnapStart,
    RuntimeVersionConfig? RuntimeVersionConfig,
    LoggingConfig LoggingConfig,
    ImageConfigResponse? ImageConfigResponse = null);

public sealed record FunctionEnvironment(Dictionary<string, string>? Variables = null);

public sealed record TracingConfig([OneOf("Active", "PassThrough")] string? Mode = null);

public sealed record DeadLetterConfig([Pattern(LambdaPatterns.ResourceArn)] string? TargetArn = null);

public sealed record EphemeralStorage([Range(512, 10240)] int Size);

public sealed record SnapStart([OneOf("PublishedVersions", "None")] string? ApplyOn = null);

public sealed record SnapStartDetail(string ApplyOn, string OptimizationStatus);

public sealed record LoggingConfig(
    [OneOf("JSON", "Text")] string? LogFormat = null,
    [OneOf("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")] string? ApplicationLogLevel = null,
    [OneOf("DEBUG", "INFO", "WARN")] string? SystemLogLevel = null,
    [Length(1, 512), Pattern(LambdaPatterns.LogGroup)] string? LogGroup = null);

public sealed record RuntimeVersionConfig(string? RuntimeVersionArn = null);

/// <param name="Arn">The layer version's ARN.</param>
/// <param name="CodeSize">Bytes of its package.</param>
public sealed record LayerReference(string Arn, long CodeSize);

public sealed record VpcConfig(
    [Length(0, 16)] List<string>? SubnetIds = null,
    [Length(0, 5)] List<string>? SecurityGroupIds = null,
    bool? Ipv6AllowedForDualStack = null);

public sealed record VpcConfigDetail(List<string> SubnetIds, List<string> SecurityGroupIds, string VpcId, bool? Ipv6AllowedForDualStack = null);

public sealed record FileSystemConfig([Length(0, 256)] string Arn, [Length(0, 160)] string LocalMountPath);

public sealed record ImageConfig(
    [Length(0, 1500)] List<string>? EntryPoint = null,
    [Length(0, 1500)] List<string>? Command = null,
    [Length(0, 1000)] string? WorkingDirectory = null);

public sealed record ImageConfigResponse(ImageConfig? ImageConfig = null);

public sealed record CapacityProviderConfig(ManagedInstancesConfig? LambdaManagedInstancesCapacityProviderConfig = null);

public sealed record ManagedInstancesConfig(
    string CapacityProviderArn,
    int? PerExecutionEnvironmentMaxConcurrency = null,
    double? ExecutionEnvironmentMemoryGiBPerVCpu = null);

public sealed record DurableConfig([Range(1, 90)] int? RetentionPeriodInDays = null, [Range(1, 31622400)] int? ExecutionTimeout = null);

public sealed record TenancyConfig([OneOf("PER_TENANT")] string TenantIsolationMode);
