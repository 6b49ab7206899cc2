using System.Collections.Concurrent;
using Petrel.Functions;

namespace Petrel.Testing;

/// <summary>What a scripted function does with one invocation.</summary>
public delegate Task<FunctionAnswer> FunctionScript(FunctionSpec spec, Invocation invocation, CancellationToken abandoned);

/// <summary>
/// An engine without sandboxes: each function does what the test scripted for its name, and echoes its event until then. Admission
/// (reserved and account concurrency) is the real one's; what was invoked, retired and provisioned is kept for assertions.
/// </summary>
public sealed class ScriptedEngine : IFunctionEngine
{
    private readonly ConcurrentDictionary<string, FunctionScript> _scripts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _provisioned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _total;

    /// <summary>Every invocation that was admitted, in the order of its start.</summary>
    public ConcurrentQueue<(FunctionSpec Spec, Invocation Invocation)> Invocations { get; } = new();

    /// <summary>Every call of <see cref="RetireAsync"/>: the function's ARN and the pools that stay.</summary>
    public ConcurrentQueue<(string FunctionArn, IReadOnlySet<string> Current)> Retired { get; } = new();

    public RuntimeCatalogue Runtimes { get; init; } = EveryRuntime();

    /// <summary>Told what is used, as the real engine does.</summary>
    public IUsageMeter? Usage { get; set; }

    /// <summary>Sets what the functions of this name do, whatever their account.</summary>
    public void Script(string functionName, FunctionScript script) => _scripts[functionName] = script;

    /// <summary>Sets the answer of the functions of this name, made from the event's text.</summary>
    public void Script(string functionName, Func<string, FunctionAnswer> answer) => Script(functionName, (_, invocation, _) =>
        Task.FromResult(answer(System.Text.Encoding.UTF8.GetString(invocation.Payload.Span))));

    public async Task<InvocationResult> InvokeAsync(
        FunctionSpec spec,
        Invocation invocation,
        AdmissionLimits limits,
        CancellationToken abandoned = default)
    {
        Admit(spec, limits);
        try
        {
            Invocations.Enqueue((spec, invocation));
            var answer = _scripts.TryGetValue(spec.Name, out var script)
                ? await script(spec, invocation, abandoned)
                : FunctionAnswer.Of(invocation.Payload);
            if (invocation.ResponseStream is { } stream)
            {
                await answer.StreamToAsync(stream, abandoned);
            }

            var result = answer.ToResult(spec, invocation);
            Usage?.Invoked(spec, invocation, result);
            return result;
        }
        finally
        {
            Leave(spec);
        }
    }

    /// <summary>How a preparation fails; null when it does not.</summary>
    public FunctionStartException? PreparationFailure { get; set; }

    public Task PrepareAsync(FunctionSpec spec, CancellationToken cancellationToken = default) =>
        PreparationFailure is { } failure ? Task.FromException(failure) : Task.CompletedTask;

    public Task RetireAsync(string functionArn, IReadOnlySet<string> current, CancellationToken cancellationToken = default)
    {
        Retired.Enqueue((functionArn, current));
        return Task.CompletedTask;
    }

    public Task ProvisionAsync(FunctionSpec spec, int instances, CancellationToken cancellationToken = default)
    {
        _provisioned[spec.PoolKey] = instances;
        Usage?.Provisioned(spec, instances);
        return Task.CompletedTask;
    }

    public ProvisionedState GetProvisioned(string poolKey)
    {
        var count = _provisioned.GetValueOrDefault(poolKey);
        return new ProvisionedState(count, count, null);
    }

    /// <summary>What it says of every function's last start: nothing is ever started.</summary>
    public StartTimeline? Started { get; set; }

    public StartTimeline? LastStart(string functionArn) => Started;

    public IReadOnlyList<WaitingRuntimes> WaitingRuntimes() => [new("python3", 2, 20 << 20)];

    public int Concurrency(string? functionArn = null)
    {
        lock (_lock)
        {
            return functionArn is null ? _total : _running.GetValueOrDefault(functionArn);
        }
    }

    /// <summary>One row a function; a scripted one has neither instances nor queues.</summary>
    public IReadOnlyList<FunctionActivity> Activity() =>
    [
        .. Invocations.GroupBy(invoked => (invoked.Spec.FunctionArn, invoked.Spec.Version)).Select(group => new FunctionActivity
        {
            Account = group.First().Spec.Account,
            Region = group.First().Spec.Region,
            Name = group.First().Spec.Name,
            FunctionArn = group.Key.FunctionArn,
            Version = group.Key.Version,
            Invocations = group.Count(),
        }),
    ];

    private void Admit(FunctionSpec spec, AdmissionLimits limits)
    {
        lock (_lock)
        {
            var running = _running.GetValueOrDefault(spec.FunctionArn);
            if (limits.Budget is { } budget)
            {
                throw Refused(spec, budget.Reason, budget);
            }

            if (limits.Reserved is { } reserved && running >= reserved)
            {
                throw Refused(spec, ThrottleReason.ReservedFunctionConcurrentInvocationLimitExceeded);
            }

            if (limits.Reserved is null && _total >= limits.AccountUnreserved)
            {
                throw Refused(spec, ThrottleReason.ConcurrentInvocationLimitExceeded);
            }

            _running[spec.FunctionArn] = running + 1;
            _total++;
        }
    }

    private ThrottledException Refused(FunctionSpec spec, ThrottleReason reason, BudgetRefusal? budget = null)
    {
        Usage?.Throttled(spec, reason);
        return new ThrottledException(reason, budget);
    }

    private void Leave(FunctionSpec spec)
    {
        lock (_lock)
        {
            _running[spec.FunctionArn]--;
            _total--;
        }
    }

    private static RuntimeCatalogue EveryRuntime()
    {
        string[] identifiers = ["python3.12", "python3.13", "nodejs20.x", "nodejs22.x", "dotnet8", "dotnet10", "provided.al2023"];
        return new RuntimeCatalogue(identifiers.ToDictionary(
            identifier => identifier,
            identifier => new RuntimeInfo(identifier, identifier.TrimEnd("0123456789.xal".ToCharArray()), "/bin/true", "1.0", Exact: true, null),
            StringComparer.Ordinal));
    }
}
