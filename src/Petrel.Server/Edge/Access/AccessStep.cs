using System.Collections.Concurrent;
using System.Collections.Frozen;
using Petrel.Wire;
using Petrel.Wire.Operations;

namespace Petrel.Server.Edge;

/// <summary>Step 6: asks whether the caller may do what the operation's [Access] names, with the policy that the resource carries.</summary>
internal sealed class AccessStep(
    IAuthorizer authorizer,
    IEnumerable<IResourcePolicySource> policies,
    IEnumerable<IResourceNamer> namers,
    IEnumerable<IServiceAccess> own)
{
    private readonly FrozenDictionary<string, IResourcePolicySource> _policies = policies.ToFrozenDictionary(static p => p.Service);
    private readonly FrozenDictionary<string, IResourceNamer> _namers = namers.ToFrozenDictionary(static n => n.Service);
    private readonly FrozenDictionary<string, IServiceAccess> _own = own.ToFrozenDictionary(static a => a.Service);
    private readonly ConcurrentDictionary<Operation, ResourceTemplate> _templates = [];

    public async ValueTask AuthorizeAsync(Operation operation, object request, CallContext call)
    {
        if (operation.Access is { Open: true } && call.Caller.Kind != PrincipalKind.Anonymous)
        {
            return;
        }

        var service = operation.Service.SigningName;
        if (_own.TryGetValue(service, out var access))
        {
            await access.AuthorizeAsync(operation, request, call);
            return;
        }

        var resource = _namers.TryGetValue(service, out var namer) ? await namer.FindArnAsync(operation, request, call) : null;
        resource ??= _templates.GetOrAdd(operation, static o => new ResourceTemplate(o)).Fill(request, call);
        var policy = resource != "*" && _policies.TryGetValue(service, out var source) ? await source.FindPolicyAsync(resource, call) : null;
        var context = namer is not null && (policy is not null || call.Caller.Kind != PrincipalKind.Root)
            ? await namer.FindContextAsync(operation, request, call)
            : null;
        await authorizer.AuthorizeAsync(new AccessCheck(operation.Action, resource, policy, MultiContext: context), call);
    }
}
