using Petrel.Server.Edge;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Resolution;

/// <summary>What functions' roles may do: asked as a function with the role would ask.</summary>
internal sealed class RoleRights(IAuthorizer authorizer)
{
    public async ValueTask<bool> AllowAsync(FunctionKey function, string roleArn, string action, string resource)
    {
        var (account, region, name) = (function.Account, function.Region, function.Name);
        var role = roleArn[(roleArn.LastIndexOf('/') + 1)..];
        var call = new CallContext
        {
            Account = account,
            Region = region,
            Caller = new Principal(
                PrincipalKind.AssumedRole, account, $"arn:aws:sts::{account}:assumed-role/{role}/{name}", $"{role}:{name}", Role: role),
            RequestId = "",
            Endpoint = new Uri("http://localhost"),
        };
        try
        {
            await authorizer.AuthorizeAsync(new AccessCheck(action, resource), call);
            return true;
        }
        catch (ServiceException denied) when (denied.Status == 403)
        {
            return false;
        }
    }
}
