using Petrel.Server.Edge;
using Petrel.Wire;
using Petrel.Wire.Operations;

namespace Petrel.Server.Services.Iam.Api;

/// <summary>
/// The ARNs of identities for step 6: with their path, which requests leave out, so that a policy about <c>role/admin/*</c> is not passed
/// by. What does not exist yet has the path that the request gives it.
/// </summary>
internal sealed class IamResources(IdentityDirectory identities) : IResourceNamer
{
    public string Service => "iam";

    public string? FindArn(Operation operation, object request, CallContext call) => null;

    public async ValueTask<string?> FindArnAsync(Operation operation, object request, CallContext call)
    {
        if (Member(operation, request, "RoleName") is { } role)
        {
            var known = await identities.FindRoleAsync(call.Account, role);
            return known?.Identity.Arn ?? Arn("role", Member(operation, request, "Path"), role, call);
        }

        if (operation.Request.Find("UserName") is not null)
        {
            var user = Member(operation, request, "UserName") ?? (call.Caller.Kind == PrincipalKind.User ? NameOf(call.Caller.Arn) : null);
            var known = user is null ? null : await identities.FindUserAsync(call.Account, user);
            return user is null ? call.Caller.Arn : known?.Identity.Arn ?? Arn("user", Member(operation, request, "Path"), user, call);
        }

        return operation.Name == "CreatePolicy"
            ? Arn("policy", Member(operation, request, "Path"), Member(operation, request, "PolicyName")!, call)
            : null;
    }

    private static string? Member(Operation operation, object request, string name) => operation.Request.Find(name)?.Get(request) as string;

    private static string Arn(string kind, string? path, string name, CallContext call) => $"arn:aws:iam::{call.Account}:{kind}{path ?? "/"}{name}";

    private static string NameOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];
}
