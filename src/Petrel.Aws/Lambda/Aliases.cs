using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("POST", "/2015-03-31/functions/{FunctionName}/aliases", Status = 201), Access("function:{FunctionName}")]
    Task<AliasConfiguration> CreateAlias(CreateAliasRequest request, CallContext call);

    [Http("GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"), Access("function:{FunctionName}")]
    Task<AliasConfiguration> GetAlias(GetAliasRequest request, CallContext call);

    [Http("PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"), Access("function:{FunctionName}")]
    Task<AliasConfiguration> UpdateAlias(UpdateAliasRequest request, CallContext call);

    [Http("DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", Status = 204), Access("function:{FunctionName}")]
    Task DeleteAlias(DeleteAliasRequest request, CallContext call);

    [Http("GET", "/2015-03-31/functions/{FunctionName}/aliases"), Access("function:{FunctionName}")]
    Task<ListAliasesResult> ListAliases(ListAliasesRequest request, CallContext call);
}

public sealed record CreateAliasRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [Length(1, 128), Pattern(LambdaPatterns.Alias)] string Name,
    [Length(1, 1024), Pattern(LambdaPatterns.Version)] string FunctionVersion,
    [Length(0, 256)] string? Description = null,
    AliasRouting? RoutingConfig = null);

/// <param name="AdditionalVersionWeights">A second version and the share of invocations, 0 to 1, that it takes.</param>
public sealed record AliasRouting(Dictionary<string, double>? AdditionalVersionWeights = null);

public sealed record AliasConfiguration(
    string AliasArn,
    string Name,
    string FunctionVersion,
    string Description,
    string RevisionId,
    AliasRouting? RoutingConfig = null);

public sealed record GetAliasRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [Length(1, 128), Pattern(LambdaPatterns.Alias)] string Name);

public sealed record UpdateAliasRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [Length(1, 128), Pattern(LambdaPatterns.Alias)] string Name,
    [Length(1, 1024), Pattern(LambdaPatterns.Version)] string? FunctionVersion = null,
    [Length(0, 256)] string? Description = null,
    AliasRouting? RoutingConfig = null,
    string? RevisionId = null);

public sealed record DeleteAliasRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [Length(1, 128), Pattern(LambdaPatterns.Alias)] string Name);

public sealed record ListAliasesRequest(
    [Length(1, 140), Pattern(LambdaPatterns.FunctionName)] string FunctionName,
    [FromQuery("FunctionVersion"), Length(1, 1024), Pattern(LambdaPatterns.Version)] string? FunctionVersion = null,
    [FromQuery("Marker")] string? Marker = null,
    [FromQuery("MaxItems"), Range(1, 10000)] int? MaxItems = null);

public sealed record ListAliasesResult(List<AliasConfiguration> Aliases, string? NextMarker = null);
