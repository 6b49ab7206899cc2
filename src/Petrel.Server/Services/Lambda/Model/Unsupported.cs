using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>Members of the service's operations that Petrel does not have are refused by name, never ignored.</summary>
internal static class Unsupported
{
    public static CommonException Member(string operation, string member) => CommonException.NotImplemented("lambda", $"{operation} with {member}");

    public static void Reject(CreateFunctionRequest request)
    {
        const string Operation = "CreateFunction";
        Reject(Operation, "Code.SourceKMSKeyArn", !string.IsNullOrEmpty(request.Code.SourceKmsKeyArn));
        Reject(Operation, "KMSKeyArn", !string.IsNullOrEmpty(request.KmsKeyArn));
        Reject(Operation, "VpcConfig", HasNetwork(request.VpcConfig));
        Reject(Operation, "DeadLetterConfig", !string.IsNullOrEmpty(request.DeadLetterConfig?.TargetArn));
        Reject(Operation, "FileSystemConfigs", request.FileSystemConfigs is { Count: > 0 });
        Reject(Operation, "CodeSigningConfigArn", !string.IsNullOrEmpty(request.CodeSigningConfigArn));
        Reject(Operation, "SnapStart", request.SnapStart?.ApplyOn == "PublishedVersions");
        Reject(Operation, "LoggingConfig.SystemLogLevel", request.LoggingConfig?.SystemLogLevel is not (null or "INFO"));
        Reject(Operation, "CapacityProviderConfig", request.CapacityProviderConfig is not null);
        Reject(Operation, "PublishTo", request.PublishTo is not null);
        Reject(Operation, "DurableConfig", request.DurableConfig is not null);
        Reject(Operation, "TenancyConfig", request.TenancyConfig is not null);
    }

    public static void Reject(UpdateFunctionCodeRequest request)
    {
        const string Operation = "UpdateFunctionCode";
        Reject(Operation, "SourceKMSKeyArn", !string.IsNullOrEmpty(request.SourceKmsKeyArn));
        Reject(Operation, "PublishTo", request.PublishTo is not null);
    }

    public static void Reject(UpdateFunctionConfigurationRequest request)
    {
        const string Operation = "UpdateFunctionConfiguration";
        Reject(Operation, "KMSKeyArn", !string.IsNullOrEmpty(request.KmsKeyArn));
        Reject(Operation, "VpcConfig", HasNetwork(request.VpcConfig));
        Reject(Operation, "DeadLetterConfig", !string.IsNullOrEmpty(request.DeadLetterConfig?.TargetArn));
        Reject(Operation, "FileSystemConfigs", request.FileSystemConfigs is { Count: > 0 });
        Reject(Operation, "SnapStart", request.SnapStart?.ApplyOn == "PublishedVersions");
        Reject(Operation, "LoggingConfig.SystemLogLevel", request.LoggingConfig?.SystemLogLevel is not (null or "INFO"));
        Reject(Operation, "CapacityProviderConfig", request.CapacityProviderConfig is not null);
        Reject(Operation, "DurableConfig", request.DurableConfig is not null);
    }

    public static void Reject(PublishVersionRequest request) => Reject("PublishVersion", "PublishTo", request.PublishTo is not null);

    /// <summary>Members that no source which is here has a use for.</summary>
    public static void Reject(string operation, IEventSourceMappingSettings request)
    {
        Reject(operation, "SourceAccessConfigurations", request.SourceAccessConfigurations is { Count: > 0 });
        Reject(operation, "AmazonManagedKafkaEventSourceConfig", request.AmazonManagedKafkaEventSourceConfig is not null);
        Reject(operation, "SelfManagedKafkaEventSourceConfig", request.SelfManagedKafkaEventSourceConfig is not null);
        Reject(operation, "DocumentDBEventSourceConfig", request.DocumentDBEventSourceConfig is not null);
        Reject(operation, "ScalingConfig", request.ScalingConfig?.MaximumConcurrency is not null);
        Reject(operation, "KMSKeyArn", !string.IsNullOrEmpty(request.KMSKeyArn));
        Reject(operation, "MetricsConfig", request.MetricsConfig?.Metrics is { Count: > 0 });
        Reject(operation, "LoggingConfig", request.LoggingConfig?.SystemLogLevel is not null);
        Reject(operation, "ProvisionedPollerConfig", request.ProvisionedPollerConfig is not null);
    }

    public static void Reject(CreateEventSourceMappingRequest request)
    {
        const string Operation = "CreateEventSourceMapping";
        Reject(Operation, "Topics", request.Topics is { Count: > 0 });
        Reject(Operation, "Queues", request.Queues is { Count: > 0 });
        Reject(Operation, "SelfManagedEventSource", request.SelfManagedEventSource is not null);
        Reject(Operation, (IEventSourceMappingSettings)request);
    }

    /// <summary>An empty list takes a function out of its network, in which none is here.</summary>
    private static bool HasNetwork(VpcConfig? vpc) =>
        vpc is not null && (vpc.SubnetIds is { Count: > 0 } || vpc.SecurityGroupIds is { Count: > 0 } || vpc.Ipv6AllowedForDualStack == true);

    private static void Reject(string operation, string member, bool given)
    {
        if (given)
        {
            throw Member(operation, member);
        }
    }
}
