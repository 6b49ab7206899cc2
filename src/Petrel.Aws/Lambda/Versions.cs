using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("POST", "/2015-03-31/functions/{FunctionName}/versions", Status = 201), Access("function:{FunctionName}")]
    Task<FunctionConfiguration> PublishVersion(PublishVersionRequest request, CallContext call);

    [Http("GET", "/2015-03-31/functions/{FunctionName}/versions"), Access("function:{FunctionName}")]
    Task<ListVersionsByFunctionResult> ListVersionsByFunction(ListVersionsByFunctionRequest request, CallContext call);
}

public sealed record PublishVersionRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    string? CodeSha256 = null,
    [Length(0, 256)] string? Description = null,
    string? RevisionId = null,
    [OneOf("LATEST_PUBLISHED")] string? PublishTo = null);

public sealed record ListVersionsByFunctionRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [FromQuery("Marker")] string? Marker = null,
    [FromQuery("MaxItems"), Range(1, 10000)] int? MaxItems = null);

public sealed record ListVersionsByFunctionResult(List<FunctionConfiguration> Versions, string? NextMarker = null);
