using System.Collections.Concurrent;
using Petrel.Server.Services.Iam.Model.Policies;

namespace Petrel.Server.Services.Iam.Model;

/// <summary>Compiled documents by their text. Bounded: when it is full it is emptied, and what is in use compiles again.</summary>
internal sealed class PolicyCache
{
    private const int MaxPolicies = 4_096;

    private readonly ConcurrentDictionary<(PolicyKind Kind, string Json), Policy> _policies = new();

    public Policy Get(string json, PolicyKind kind)
    {
        if (_policies.TryGetValue((kind, json), out var found))
        {
            return found;
        }

        var policy = PolicyParser.Parse(json, kind);
        if (_policies.Count >= MaxPolicies)
        {
            _policies.Clear();
        }

        _policies[(kind, json)] = policy;
        return policy;
    }
}
