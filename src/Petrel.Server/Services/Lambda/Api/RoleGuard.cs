using Microsoft.Extensions.Logging;
using Petrel.Aws.Iam;
using Petrel.Aws.Lambda;
using Petrel.Server.Edge;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>Checks the role that a function is to have: Lambda may act in it, and the caller may hand it over.</summary>
internal sealed partial class RoleGuard(IRoleCheck roles, IAuthorizer authorizer, ILogger<RoleGuard> log)
{
    private const string Service = "lambda.amazonaws.com";

    /// <exception cref="InvalidParameterValueException">There is no such role, or it does not trust Lambda.</exception>
    public async ValueTask CheckAsync(string roleArn, string function, CallContext call)
    {
        var passing = new Dictionary<string, string>(StringComparer.Ordinal) { ["iam:PassedToService"] = Service };
        await authorizer.AuthorizeAsync(new AccessCheck("iam:PassRole", roleArn, Context: passing), call);
        switch (await roles.CheckServiceAsync(roleArn, Service, call.Aborted))
        {
            case RoleStanding.AcceptedUnknown:
                LogUnknown(function, roleArn);
                break;
            case RoleStanding.NotFound or RoleStanding.NotTrusted:
                throw new InvalidParameterValueException("The role defined for the function cannot be assumed by Lambda.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} has the role {RoleArn}, which nobody made; it has full rights in its account")]
    private partial void LogUnknown(string function, string roleArn);
}
