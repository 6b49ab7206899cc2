using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Petrel.Wire;
using Petrel.Wire.Operations;

namespace Petrel.Server.Edge;

/// <summary>A contract and the class that implements it; the edge builds its operation table from these.</summary>
internal sealed record ServiceRegistration(Type Contract, Type Implementation);

/// <summary>
/// A part of the platform that answers plain HTTP beside the AWS services: function URLs, gateways, health. Routes are asked in
/// <see cref="Order"/> after the target header and the signature's scope, before paths.
/// </summary>
internal interface IEdgeRoute
{
    int Order { get; }

    /// <summary>What traces call its requests.</summary>
    string Name { get; }

    /// <summary>In which errors are written.</summary>
    Protocol Protocol => Protocol.RestJson;

    /// <summary>Cheap and without I/O: host and path only.</summary>
    bool Matches(HttpContext http);

    /// <summary>Bytes of body that the edge takes for this handler; a larger one answers 413.</summary>
    int MaxBodyBytes => 6_291_456;

    /// <param name="call">Carries the authenticated identity, or <see cref="Principal.Anonymous"/> for an unsigned request.</param>
    Task HandleAsync(HttpContext http, CallContext call);

    /// <summary>The request is signed, but not validly here. A handler that asks for no signature may go on as if there were none.</summary>
    /// <param name="call">Of <see cref="Principal.Anonymous"/>.</param>
    Task HandleRefusedAsync(HttpContext http, CallContext call, ServiceException refusal) => Task.FromException(refusal);
}

/// <summary>Finds the secret of an access key, for step 3. Keys of roles carry a session token.</summary>
internal interface ICredentialSource
{
    /// <summary>Null for a key that nobody has (<c>InvalidClientTokenId</c> / <c>UnrecognizedClientException</c>).</summary>
    ValueTask<SigningCredential?> FindAsync(string accessKeyId, string? sessionToken, RequestOrigin origin, CancellationToken cancellationToken);
}

/// <param name="Expired">The key was temporary and its time is over: <c>ExpiredTokenException</c>.</param>
internal sealed record SigningCredential(string AccessKeyId, string Secret, Principal Principal, bool Expired = false);

/// <summary>Where a request came in: the daemon's own port, or the listener of a sandbox, which may use only its own credentials.</summary>
/// <param name="Foreign">Its <c>Host</c> or <c>Origin</c> header names another machine, as a page of somebody else's site would make it do.</param>
internal sealed record RequestOrigin(string? SandboxInstanceId, bool Loopback, bool Foreign = false);

/// <summary>Step 6: decides whether a caller may do something. Pure evaluation lives in the IAM service's Model.</summary>
internal interface IAuthorizer
{
    /// <summary>Throws the protocol's access-denied error, naming caller, action and resource, unless a policy allows it.</summary>
    ValueTask AuthorizeAsync(AccessCheck check, CallContext call);
}

/// <param name="Action"><c>lambda:InvokeFunction</c>.</param>
/// <param name="Resource">The full ARN, or <c>*</c>.</param>
/// <param name="ResourcePolicy">The resource's own policy document (JSON), when it has one.</param>
/// <param name="Context">Condition keys beside the global ones: <c>lambda:FunctionUrlAuthType</c>.</param>
/// <param name="MultiContext">Condition keys that may have many values: <c>dynamodb:LeadingKeys</c>.</param>
/// <param name="ResourceAccount">Who owns the resource, where its ARN does not say it: that of a bucket.</param>
internal sealed record AccessCheck(
    string Action,
    string Resource,
    string? ResourcePolicy = null,
    IReadOnlyDictionary<string, string>? Context = null,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? MultiContext = null,
    string? ResourceAccount = null);

/// <summary>Finds the policy that a resource carries, for operations whose check the edge makes itself.</summary>
internal interface IResourcePolicySource
{
    /// <summary>The service in the ARN: <c>lambda</c>.</summary>
    string Service { get; }

    ValueTask<string?> FindPolicyAsync(string resourceArn, CallContext call);
}

/// <summary>Looks at policies of resources before a service keeps them: one that cannot be read would fail every request for the resource.</summary>
internal interface IPolicyCheck
{
    /// <summary>What is wrong with a resource's policy (JSON), in words; null when it can be evaluated.</summary>
    string? FindProblem(string document);
}

/// <summary>Finds the resource of a request where the [Access] template alone cannot: names may be short, partial or whole ARNs.</summary>
internal interface IResourceNamer
{
    /// <summary>The service's signing name.</summary>
    string Service { get; }

    /// <summary>The full ARN for step 6; null to take the template as it stands.</summary>
    string? FindArn(Operation operation, object request, CallContext call);

    /// <summary>The same where the ARN has parts that only the store knows: the path of a role.</summary>
    ValueTask<string?> FindArnAsync(Operation operation, object request, CallContext call) =>
        ValueTask.FromResult(FindArn(operation, request, call));

    /// <summary>The condition keys of the request that may have many values; asked only where a policy decides.</summary>
    ValueTask<IReadOnlyDictionary<string, IReadOnlyList<string>>?> FindContextAsync(Operation operation, object request, CallContext call) =>
        ValueTask.FromResult<IReadOnlyDictionary<string, IReadOnlyList<string>>?>(null);
}

/// <summary>Makes step 6 for a service whose operations cannot be told by a template: who owns a bucket stands in no ARN.</summary>
internal interface IServiceAccess
{
    /// <summary>The service's signing name.</summary>
    string Service { get; }

    ValueTask AuthorizeAsync(Operation operation, object request, CallContext call);
}

/// <summary>Answers pages of other sites for a service that has rules of its own for them.</summary>
internal interface IServiceCors
{
    /// <summary>The service's signing name.</summary>
    string Service { get; }

    /// <summary>Writes the headers that the rules allow. True for a preflight, which is then answered.</summary>
    /// <param name="routedPath">The path by which the operation was found.</param>
    ValueTask<bool> AnswerAsync(HttpContext http, string routedPath);
}

/// <summary>Something that must be up before the health route says that the daemon is ready.</summary>
internal interface IReadiness
{
    string Name { get; }

    bool IsReady { get; }
}

internal static class EdgeRegistration
{
    /// <summary>Registers a service: its contract becomes reachable over the wire, and in process by its interface.</summary>
    public static IServiceCollection AddAwsService<TContract, TImplementation>(this IServiceCollection services)
        where TContract : class
        where TImplementation : class, TContract
    {
        services.AddSingleton<TContract, TImplementation>();
        services.AddSingleton(new ServiceRegistration(typeof(TContract), typeof(TImplementation)));
        return services;
    }
}
