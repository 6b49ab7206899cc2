using System.Collections.Concurrent;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Resolution;

/// <summary>
/// From what a caller names (a name, partial ARN or ARN, with or without qualifier) to what runs. Everything asked before and not
/// changed since is answered from memory, without waiting.
/// </summary>
internal sealed class FunctionResolver(
    IStore store,
    FunctionCache cache,
    AccountLimits limits,
    SpecFactory specs,
    IIdSource ids,
    TimeProvider time)
{
    /// <summary>How long an invocation waits for a function that is being created.</summary>
    private static readonly TimeSpan CreationWait = TimeSpan.FromSeconds(5);

    /// <summary>Names as callers wrote them; when there are more, all are dropped.</summary>
    private const int MaxNames = 20_000;

    private readonly ConcurrentDictionary<Asked, (FunctionEntry Entry, QualifierPlan Plan)> _names = new();

    /// <exception cref="ResourceNotFoundException">There is no such function, version or alias.</exception>
    /// <exception cref="ResourceConflictException">The function is still being created, or its creation has failed.</exception>
    /// <exception cref="FunctionStartException">Its code cannot be brought to this machine.</exception>
    public ValueTask<Resolution> ResolveAsync(string functionName, string? qualifier, CallContext call)
    {
        var asked = new Asked(call.Account, call.Region, functionName, qualifier);
        if (_names.TryGetValue(asked, out var known) && !known.Entry.IsStale
            && limits.TryGetUnreserved(known.Entry.Function.Key.Account, call.Region, out var unreserved))
        {
            return new(Answer(known.Entry, known.Plan, unreserved));
        }

        return new(ResolveSlowAsync(asked, call));
    }

    /// <summary>Finds out ahead what a function's own name leads to; false when nothing that can be invoked.</summary>
    public async Task<bool> ForeseeAsync(FunctionKey key, string? qualifier, CancellationToken cancellationToken)
    {
        if (await cache.FindAsync(key, cancellationToken) is not { } entry || await PlanAsync(entry, qualifier, cancellationToken) is not { } plan)
        {
            return false;
        }

        Remember(new Asked(key.Account, key.Region, key.Name, qualifier), entry, plan);
        await limits.GetUnreservedAsync(key.Account, key.Region, cancellationToken);
        return true;
    }

    private async Task<Resolution> ResolveSlowAsync(Asked asked, CallContext call)
    {
        var reference = FunctionRef.ParseAnyAccount(asked.Name, call).WithQualifier(asked.Qualifier);
        var key = reference.KeyIn(call);
        var deadline = time.GetTimestamp() + (long)(CreationWait.TotalSeconds * time.TimestampFrequency);
        while (true)
        {
            var entry = await cache.FindAsync(key, call.Aborted)
                ?? throw new ResourceNotFoundException($"Function not found: {key.QualifiedArn(reference.Qualifier ?? VersionName.Latest)}");
            if (await PlanAsync(entry, reference.Qualifier, call.Aborted) is { } plan)
            {
                Remember(asked, entry, plan);
                return Answer(entry, plan, await limits.GetUnreservedAsync(key.Account, call.Region, call.Aborted));
            }

            await WaitForCreationAsync(entry, deadline, call.Aborted);
            cache.Forget(key);
        }
    }

    private Resolution Answer(FunctionEntry entry, QualifierPlan plan, int unreserved) =>
        new(plan.Choose(ids), new AdmissionLimits(entry.Function.ReservedConcurrency, unreserved, limits.BudgetOf(entry.Function.Key)));

    /// <summary>Null while the function is being created.</summary>
    private async ValueTask<QualifierPlan?> PlanAsync(FunctionEntry entry, string? qualifier, CancellationToken cancellationToken)
    {
        if (entry.Plans.TryGetValue(qualifier ?? "", out var known))
        {
            return known;
        }

        var function = entry.Function;
        var rows = await store.ReadAsync(tx => QualifierRows.ReadAsync(tx, function, qualifier), cancellationToken)
            ?? throw new ResourceNotFoundException($"Function not found: {function.Key.QualifiedArn(qualifier)}");
        if (!IsReady(rows.Primary) || (rows.Other is { } second && !IsReady(second)))
        {
            return null;
        }

        var primary = await CreateAsync(rows.Primary);
        var plan = new QualifierPlan(primary, rows.Other is { } other ? await CreateAsync(other) : null);
        entry.Plans[qualifier ?? ""] = plan;
        return plan;

        async ValueTask<ResolvedFunction> CreateAsync(VersionRecord version) => new(
            function,
            qualifier,
            rows.Alias,
            version,
            await specs.CreateAsync(function, version, cancellationToken),
            function.Key.QualifiedArn(qualifier),
            rows.EventInvoke);
    }

    private void Remember(Asked asked, FunctionEntry entry, QualifierPlan plan)
    {
        if (_names.Count >= MaxNames)
        {
            _names.Clear();
        }

        _names[asked] = (entry, plan);
    }

    private static bool IsReady(VersionRecord version) => version.State.Status switch
    {
        FunctionStates.Active => true,
        FunctionStates.Pending => false,
        var state => throw NotInvocable(state),
    };

    private async Task WaitForCreationAsync(FunctionEntry entry, long deadline, CancellationToken cancellationToken)
    {
        var left = time.GetElapsedTime(time.GetTimestamp(), deadline);
        try
        {
            await entry.Changed.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw NotInvocable(FunctionStates.Pending);
        }
    }

    private static ResourceConflictException NotInvocable(string state) =>
        new($"The operation cannot be performed at this time. The function is currently in the following state: {state}");

    private readonly record struct Asked(string Account, string Region, string Name, string? Qualifier);
}
