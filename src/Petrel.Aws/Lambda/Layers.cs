using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("POST", "/2018-10-31/layers/{LayerName}/versions", Status = 201), Access("layer:{LayerName}"), BodyLimit(70_167_211)]
    Task<LayerVersion> PublishLayerVersion(PublishLayerVersionRequest request, CallContext call);

    [Http("GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}"), Access("layer:{LayerName}:{VersionNumber}")]
    Task<LayerVersion> GetLayerVersion(GetLayerVersionRequest request, CallContext call);

    [Http("GET", "/2018-10-31/layers?find=LayerVersion"), Access("*", Action = "GetLayerVersion")]
    Task<LayerVersion> GetLayerVersionByArn(GetLayerVersionByArnRequest request, CallContext call);

    [Http("GET", "/2018-10-31/layers"), Access("*")]
    Task<ListLayersResult> ListLayers(ListLayersRequest request, CallContext call);

    [Http("GET", "/2018-10-31/layers/{LayerName}/versions"), Access("*")]
    Task<ListLayerVersionsResult> ListLayerVersions(ListLayerVersionsRequest request, CallContext call);

    [Http("DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", Status = 204), Access("layer:{LayerName}:{VersionNumber}")]
    Task DeleteLayerVersion(DeleteLayerVersionRequest request, CallContext call);

    [Http("POST", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", Status = 201)]
    [Access("layer:{LayerName}:{VersionNumber}")]
    Task<AddLayerVersionPermissionResult> AddLayerVersionPermission(AddLayerVersionPermissionRequest request, CallContext call);

    [Http("DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}", Status = 204)]
    [Access("layer:{LayerName}:{VersionNumber}")]
    Task RemoveLayerVersionPermission(RemoveLayerVersionPermissionRequest request, CallContext call);

    [Http("GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy"), Access("layer:{LayerName}:{VersionNumber}")]
    Task<GetLayerVersionPolicyResult> GetLayerVersionPolicy(GetLayerVersionPolicyRequest request, CallContext call);
}

public sealed record PublishLayerVersionRequest(
    [Length(1, 140), Pattern(LambdaPatterns.LayerName)] string LayerName,
    LayerContentInput Content,
    [Length(0, 256)] string? Description = null,
    [Length(0, 15)] List<string>? CompatibleRuntimes = null,
    [Length(0, 512)] string? LicenseInfo = null,
    [Length(0, 2), OneOf("x86_64", "arm64")] List<string>? CompatibleArchitectures = null);

/// <summary>Where a layer's package comes from.</summary>
public sealed record LayerContentInput(
    byte[]? ZipFile = null,
    [Length(3, 63)] string? S3Bucket = null,
    [Length(1, 1024)] string? S3Key = null,
    [Length(1, 1024)] string? S3ObjectVersion = null);

/// <param name="Location">A URL, valid for ten minutes, that answers the package.</param>
public sealed record LayerContent(string Location, string CodeSha256, long CodeSize);

public sealed record LayerVersion(
    LayerContent Content,
    string LayerArn,
    string LayerVersionArn,
    string Description,
    [Timestamp(TimestampFormat.Lambda)] DateTimeOffset CreatedDate,
    long Version,
    List<string>? CompatibleRuntimes = null,
    string? LicenseInfo = null,
    List<string>? CompatibleArchitectures = null);

public sealed record GetLayerVersionRequest(
    [Length(1, 140), Pattern(LambdaPatterns.LayerName)] string LayerName,
    long VersionNumber);

public sealed record GetLayerVersionByArnRequest(
    [FromQuery("Arn"), Length(1, 140), Pattern(LambdaPatterns.LayerVersionArn)] string Arn);

public sealed record ListLayersRequest(
    [FromQuery("CompatibleRuntime")] string? CompatibleRuntime = null,
    [FromQuery("Marker")] string? Marker = null,
    [FromQuery("MaxItems"), Range(1, 50)] int? MaxItems = null,
    [FromQuery("CompatibleArchitecture"), OneOf("x86_64", "arm64")] string? CompatibleArchitecture = null);

public sealed record ListLayersResult(List<LayersListItem> Layers, string? NextMarker = null);

public sealed record LayersListItem(string LayerName, string LayerArn, LayerVersionsListItem LatestMatchingVersion);

public sealed record LayerVersionsListItem(
    string LayerVersionArn,
    long Version,
    string Description,
    [Timestamp(TimestampFormat.Lambda)] DateTimeOffset CreatedDate,
    List<string>? CompatibleRuntimes = null,
    string? LicenseInfo = null,
    List<string>? CompatibleArchitectures = null);

public sealed record ListLayerVersionsRequest(
    [Length(1, 140), Pattern(LambdaPatterns.LayerName)] string LayerName,
    [FromQuery("CompatibleRuntime")] string? CompatibleRuntime = null,
    [FromQuery("Marker")] string? Marker = null,
    [FromQuery("MaxItems"), Range(1, 50)] int? MaxItems = null,
    [FromQuery("CompatibleArchitecture"), OneOf("x86_64", "arm64")] string? CompatibleArchitecture = null);

public sealed record ListLayerVersionsResult(List<LayerVersionsListItem> LayerVersions, string? NextMarker = null);

public sealed record DeleteLayerVersionRequest(
    [Length(1, 140), Pattern(LambdaPatterns.LayerName)] string LayerName,
    long VersionNumber);

public sealed record AddLayerVersionPermissionRequest(
    [Length(1, 140), Pattern(LambdaPatterns.LayerName)] string LayerName,
    long VersionNumber,
    [Length(1, 100), Pattern(LambdaPatterns.StatementId)] string StatementId,
    [Length(0, 22), Pattern(LambdaPatterns.LayerAction)] string Action,
    [Pattern(LambdaPatterns.LayerPrincipal)] string Principal,
    [Length(0, 34), Pattern(LambdaPatterns.Organization)] string? OrganizationId = null,
    [FromQuery("RevisionId")] string? RevisionId = null);

public sealed record AddLayerVersionPermissionResult(string Statement, string RevisionId);

public sealed record RemoveLayerVersionPermissionRequest(
    [Length(1, 140), Pattern(LambdaPatterns.LayerName)] string LayerName,
    long VersionNumber,
    [Length(1, 100), Pattern(LambdaPatterns.StatementId)] string StatementId,
    [FromQuery("RevisionId")] string? RevisionId = null);

public sealed record GetLayerVersionPolicyRequest(
    [Length(1, 140), Pattern(LambdaPatterns.LayerName)] string LayerName,
    long VersionNumber);

public sealed record GetLayerVersionPolicyResult(string Policy, string RevisionId);
