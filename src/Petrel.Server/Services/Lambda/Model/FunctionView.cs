using System.Security.Cryptography;
using System.Text;
using Petrel.Aws.Lambda;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>Answers made from what is stored.</summary>
internal static class FunctionView
{
    /// <summary>The version with its state, under the ARN with <paramref name="qualifier"/> as it was asked.</summary>
    public static FunctionConfiguration Of(
        FunctionRecord function,
        VersionRecord version,
        string? qualifier,
        Dictionary<string, string>? environment) => new(
        FunctionName: function.Key.Name,
        FunctionArn: function.Key.QualifiedArn(qualifier),
        Runtime: version.Image is null ? version.Runtime : null,
        Role: version.Role,
        Handler: version.Image is null ? version.Handler : null,
        CodeSize: version.Code.SizeBytes,
        Description: version.Description,
        Timeout: version.TimeoutSeconds,
        MemorySize: version.MemoryMb,
        LastModified: version.LastModified,
        CodeSha256: version.Image is null ? version.Code.Sha256 : Convert.ToHexStringLower(Convert.FromBase64String(version.Code.Sha256)),
        Version: version.Version,
        VpcConfig: null,
        DeadLetterConfig: null,
        Environment: environment is null ? null : new FunctionEnvironment(environment),
        TracingConfig: new TracingConfig(version.TracingMode),
        MasterArn: null,
        RevisionId: version.RevisionId,
        Layers: version.Layers.Length == 0 ? null : [.. version.Layers.Select(layer => new LayerReference(layer.Arn, layer.Code.SizeBytes))],
        State: version.State.Status,
        StateReason: version.State.Reason,
        StateReasonCode: version.State.ReasonCode,
        LastUpdateStatus: version.LastUpdate?.Status,
        LastUpdateStatusReason: version.LastUpdate?.Reason,
        LastUpdateStatusReasonCode: version.LastUpdate?.ReasonCode,
        PackageType: version.Image is null ? "Zip" : "Image",
        Architectures: [version.Architecture],
        EphemeralStorage: new EphemeralStorage(version.EphemeralStorageMb),
        SnapStart: new SnapStartDetail("None", "Off"),
        RuntimeVersionConfig: version.Image is null ? new RuntimeVersionConfig(RuntimeVersionArn(function.Key.Region, version.Runtime)) : null,
        LoggingConfig: new LoggingConfig(
            version.Logging.Format,
            version.Logging.ApplicationLevel,
            version.Logging.SystemLevel,
            version.Logging.LogGroup),
        ImageConfigResponse: ImageConfigOf(version.Image));

    private static ImageConfigResponse? ImageConfigOf(ImageRecord? image) => image is null or { EntryPoint: null, Command: null, WorkingDirectory: null }
        ? null
        : new ImageConfigResponse(new ImageConfig(image.EntryPoint?.ToList(), image.Command?.ToList(), image.WorkingDirectory));

    /// <summary>The version as lists show it: without its state.</summary>
    public static FunctionConfiguration InList(FunctionConfiguration version) => version with
    {
        State = null,
        StateReason = null,
        StateReasonCode = null,
        LastUpdateStatus = null,
        LastUpdateStatusReason = null,
        LastUpdateStatusReasonCode = null,
        RuntimeVersionConfig = null,
    };

    /// <summary>Stands for the program that runs the identifier.</summary>
    public static string RuntimeVersionArn(string region, string runtime) =>
        $"arn:aws:lambda:{region}::runtime:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(runtime)))}";

    public static AliasConfiguration Of(FunctionKey key, AliasRecord alias) => new(
        AliasArn: key.QualifiedArn(alias.Name),
        Name: alias.Name,
        FunctionVersion: alias.Version,
        Description: alias.Description,
        RevisionId: alias.RevisionId,
        RoutingConfig: alias.OtherVersion is null
            ? null
            : new AliasRouting(new Dictionary<string, double> { [alias.OtherVersion] = alias.OtherWeight }));
}
