using Petrel.Wire;

namespace Petrel.Aws.Lambda;

public partial interface ILambda
{
    [Http("POST", "/2015-03-31/functions/{FunctionName}/policy", Status = 201), Access("function:{FunctionName}")]
    Task<AddPermissionResult> AddPermission(AddPermissionRequest request, CallContext call);

    [Http("DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}", Status = 204), Access("function:{FunctionName}")]
    Task RemovePermission(RemovePermissionRequest request, CallContext call);

    [Http("GET", "/2015-03-31/functions/{FunctionName}/policy"), Access("function:{FunctionName}")]
    Task<GetPolicyResult> GetPolicy(GetPolicyRequest request, CallContext call);
}

public sealed record AddPermissionRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [Length(1, 100), Pattern(LambdaPatterns.StatementId)] string StatementId,
    [Pattern(LambdaPatterns.Action)] string Action,
    [Pattern(LambdaPatterns.Principal)] string Principal,
    [Pattern(LambdaPatterns.SourceArn)] string? SourceArn = null,
    [Length(0, 12), Pattern(LambdaPatterns.Account)] string? SourceAccount = null,
    [Length(0, 256), Pattern(LambdaPatterns.EventSourceToken)] string? EventSourceToken = null,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null,
    string? RevisionId = null,
    [WireName("PrincipalOrgID"), Length(12, 34), Pattern(LambdaPatterns.Organization)] string? PrincipalOrgId = null,
    [OneOf("NONE", "AWS_IAM")] string? FunctionUrlAuthType = null,
    bool? InvokedViaFunctionUrl = null);

/// <param name="Statement">The statement's JSON.</param>
public sealed record AddPermissionResult(string Statement);

public sealed record RemovePermissionRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [Length(1, 100), Pattern(LambdaPatterns.NamespacedStatementId)] string StatementId,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null,
    [FromQuery("RevisionId")] string? RevisionId = null);

public sealed record GetPolicyRequest(
    [Length(1, 256), Pattern(LambdaPatterns.NamespacedFunctionName)] string FunctionName,
    [FromQuery("Qualifier"), Length(1, 128), Pattern(LambdaPatterns.Qualifier)] string? Qualifier = null);

/// <param name="Policy">The policy document's JSON.</param>
public sealed record GetPolicyResult(string Policy, string RevisionId);
