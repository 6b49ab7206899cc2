namespace Petrel.Server.Services.Iam.Model.Policies;

/// <summary>The messages of denials, as the services write them.</summary>
internal static class AccessDenial
{
    public static string Describe(Verdict verdict, AccessRequest request)
    {
        var who = request.Principal.Kind == Wire.PrincipalKind.Anonymous ? "anonymous" : request.Principal.Arn;
        return $"User: {who} is not authorized to perform: {request.Action} on resource: {request.Resource} {Reason(verdict, request.Action)}";
    }

    private static string Reason(Verdict verdict, string action) => verdict switch
    {
        Verdict.ExplicitDenyIdentity => "with an explicit deny in an identity-based policy",
        Verdict.ExplicitDenyResource => "with an explicit deny in a resource-based policy",
        Verdict.ExplicitDenyBoundary => "with an explicit deny in a permissions boundary",
        Verdict.ExplicitDenySession => "with an explicit deny in a session policy",
        Verdict.NoResourceAllow => $"because no resource-based policy allows the {action} action",
        Verdict.NoBoundaryAllow => $"because no permissions boundary allows the {action} action",
        Verdict.NoSessionAllow => $"because no session policy allows the {action} action",
        _ => $"because no identity-based policy allows the {action} action",
    };
}
