using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>What a transaction with a client's token is known by.</summary>
internal sealed record TransactionStart(TransactionToken Token, byte[] Digest);

/// <param name="Steps">One for each plan, in order.</param>
/// <param name="IsRepeated">The same request was done before, and now nothing was.</param>
internal sealed record TransactionOutcome(List<WriteOutcome> Steps, bool IsRepeated);

/// <summary>Carries out all plans of a transaction, or none.</summary>
internal sealed class TransactionRun(IStore store, PlannedWrites writes, TimeProvider time)
{
    /// <param name="start">Null without a token.</param>
    /// <exception cref="TransactionCanceledException"/>
    /// <exception cref="IdempotentParameterMismatchException"/>
    public async ValueTask<TransactionOutcome> RunAsync(List<WritePlan> plans, TransactionStart? start, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            return await store.WriteAsync(tx => RunAsync(tx, plans, start, now), cancellationToken);
        }
        catch (TransactionTooLargeException)
        {
            // Small updates of many large items, with their indexes.
            TransactionLimit.Check(long.MaxValue);
            throw;
        }
    }

    private async ValueTask<TransactionOutcome> RunAsync(IWriteTransaction tx, List<WritePlan> plans, TransactionStart? start, long now)
    {
        if (start is not null && await IsRepeatedAsync(tx, start, now))
        {
            return await RereadAsync(tx, plans);
        }

        var decisions = await DecideAsync(tx, plans);
        var steps = new List<WriteOutcome>(plans.Count);
        for (var i = 0; i < plans.Count; i++)
        {
            var units = writes.Write(tx, plans[i], decisions[i]);
            var collection = Collections.AreCounted(decisions[i].Table) ? await Collections.SizeAsync(tx, decisions[i].Table, plans[i].Key) : -1;
            steps.Add(new WriteOutcome(decisions[i], Doubled(units), collection));
        }

        if (start is not null)
        {
            TransactionTokens.Put(tx, start.Token, start.Digest, now);
        }

        return new TransactionOutcome(steps, IsRepeated: false);
    }

    private static async ValueTask<bool> IsRepeatedAsync(IReadTransaction tx, TransactionStart start, long now)
    {
        if (await TransactionTokens.FindAsync(tx, start.Token, now) is not { } digest)
        {
            return false;
        }

        return digest.Span.SequenceEqual(start.Digest)
            ? true
            : throw new IdempotentParameterMismatchException("Request parameters do not match the parameters of the earlier request with this token");
    }

    /// <summary>Decides on all plans; the transaction is cancelled with every reason there is.</summary>
    private static async ValueTask<List<WriteDecision>> DecideAsync(IReadTransaction tx, List<WritePlan> plans)
    {
        var decisions = new List<WriteDecision>(plans.Count);
        var reasons = Cancellations.Start(plans.Count);
        var isCancelled = false;
        for (var i = 0; i < plans.Count; i++)
        {
            try
            {
                var decision = await PlannedWrites.DecideAsync(tx, plans[i]);
                decisions.Add(decision);
                if (decision.Holds)
                {
                    continue;
                }

                reasons[i] = Cancellations.ConditionFailed(plans[i].ReturnsItemOnFailure ? decision.Old : null);
            }
            catch (CommonException problem)
            {
                reasons[i] = Cancellations.Invalid(problem);
            }
            catch (ItemCollectionSizeLimitExceededException problem)
            {
                reasons[i] = Cancellations.TooLarge(problem);
            }

            isCancelled = true;
        }

        return isCancelled ? throw new TransactionCanceledException(reasons) : decisions;
    }

    /// <summary>A repeated request counts as a read of its items.</summary>
    private static async ValueTask<TransactionOutcome> RereadAsync(IReadTransaction tx, List<WritePlan> plans)
    {
        var steps = new List<WriteOutcome>(plans.Count);
        foreach (var plan in plans)
        {
            var item = await ItemStore.FindAsync(tx, plan.Key);
            var units = TransactionLimit.Factor * CapacityUnits.OfRead(item?.SizeBytes ?? 0, consistent: true);
            steps.Add(new WriteOutcome(new WriteDecision(plan.Table, Holds: true, item, item, null), new WriteUnits(units, []), -1));
        }

        return new TransactionOutcome(steps, IsRepeated: true);
    }

    private static WriteUnits Doubled(WriteUnits units)
    {
        for (var i = 0; i < units.IndexUnits.Length; i++)
        {
            units.IndexUnits[i] *= TransactionLimit.Factor;
        }

        return units with { TableUnits = units.TableUnits * TransactionLimit.Factor };
    }
}
