namespace Petrel.Functions.Pools.Rules;

/// <summary>
/// Whose turn it is when starts or memory are scarce. Memory is shared evenly between the accounts that want it, and within an account
/// between its functions: who would have least with one more instance is next. Who has nothing at all and has waited for a quantum comes first.
/// </summary>
internal static class Turns
{
    /// <summary>The pool that is next; null when there is none.</summary>
    public static Pool? Next(IEnumerable<Pool> pools, TimeSpan quantum, TimeSpan now)
    {
        Pool? next = null;
        var best = default(Rank);
        foreach (var pool in pools)
        {
            var rank = RankOf(pool, quantum, now);
            if (next is null || rank.CompareTo(best) < 0)
            {
                (next, best) = (pool, rank);
            }
        }

        return next;
    }

    /// <summary>
    /// Whether an instance of <paramref name="owner"/> that has just become free is ended for <paramref name="other"/>, which has no memory to
    /// start one: when the other has no more than its owner even then; or when the other has none, and this one has had its quantum.
    /// </summary>
    public static bool GivesWay(Pool owner, TimeSpan servedFor, Pool other, TimeSpan quantum, TimeSpan now)
    {
        if (servedFor >= quantum && IsStarving(other, quantum, now))
        {
            return true;
        }

        var (has, wants) = owner.Account == other.Account
            ? (owner.Function.UsedMb, other.Function.UsedMb)
            : (owner.Account.UsedMb, other.Account.UsedMb);
        return owner.Function != other.Function && wants + other.Spec.MemoryMb <= has - owner.Spec.MemoryMb;
    }

    private static Rank RankOf(Pool pool, TimeSpan quantum, TimeSpan now) => new(
        IsStarving(pool, quantum, now) ? 0 : 1,
        pool.Account.UsedMb + pool.Spec.MemoryMb,
        pool.Function.UsedMb + pool.Spec.MemoryMb,
        WithoutSince(pool) ?? now);

    private static bool IsStarving(Pool pool, TimeSpan quantum, TimeSpan now) =>
        pool.Total == 0 && WithoutSince(pool) is { } since && now - since >= quantum;

    /// <summary>Since when it waits and has no instance: a long queue does not bring a function that has just been served its turn back.</summary>
    private static TimeSpan? WithoutSince(Pool pool) =>
        pool.Waiting.First is not { Value.Since: var since } ? null : since > pool.LastHad ? since : pool.LastHad;

    /// <summary>The lowest is next: the starving by how long they wait, the others by what they have.</summary>
    private readonly record struct Rank(int Class, int AccountMb, int FunctionMb, TimeSpan Since) : IComparable<Rank>
    {
        public int CompareTo(Rank other) => (Class, other.Class) switch
        {
            (0, 0) => Since.CompareTo(other.Since),
            _ => (Class, AccountMb, FunctionMb, Since).CompareTo((other.Class, other.AccountMb, other.FunctionMb, other.Since)),
        };
    }
}
