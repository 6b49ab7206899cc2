namespace Petrel.Functions.Pools.Rules;

/// <summary>Whether an invocation may wait, or is refused at once.</summary>
internal static class QueueRule
{
    /// <param name="demand">Without the one that is asked for.</param>
    /// <param name="waitingOnNode">Invocations of all pools that wait.</param>
    /// <param name="obtainable">Instances that the pool has or could have: those that run or start, and what fits into free and idle memory.</param>
    /// <returns>Null when it may wait.</returns>
    public static RefusalCause? Decide(in Demand demand, int memoryMb, int waitingOnNode, int obtainable, FleetOptions options)
    {
        if (memoryMb > options.MemoryBudgetMb)
        {
            return RefusalCause.TooLarge;
        }

        if (demand.Waiting >= options.MaxWaiting)
        {
            return RefusalCause.QueueFull;
        }

        if (waitingOnNode >= options.MaxWaitingOfNode)
        {
            return RefusalCause.QueueOfNodeFull;
        }

        return StartRule.ExpectedWait(demand, obtainable) > options.MaxExpectedWait ? RefusalCause.ExpectedWaitTooLong : null;
    }
}
