namespace Petrel.Storage.Faults;

/// <summary>An engine whose calls fail as a plan says, to prove what stands on it: a test fails call n, for every n.</summary>
public sealed class FaultInjectingStore(IStore inner, FaultPlan plan) : IStore, IStoreTraits
{
    /// <summary>May change while the store is used.</summary>
    public FaultPlan Plan { get; set; } = plan;

    bool IStoreTraits.RunsWritesInOrder => inner is IStoreTraits { RunsWritesInOrder: true };

    object IStoreTraits.Engine => inner is IStoreTraits traits ? traits.Engine : inner;

    public async ValueTask<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read, CancellationToken cancellationToken = default)
    {
        Plan.Next().ThrowIfFailing(FaultKind.BeforeIt);
        return await inner.ReadAsync(read, cancellationToken);
    }

    public async ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken = default)
    {
        var call = Plan.Next();
        call.ThrowIfFailing(FaultKind.BeforeIt);
        var result = await inner.WriteAsync(write, cancellationToken);
        call.ThrowIfFailing(FaultKind.AfterIt);
        return result;
    }

    public IDisposable Subscribe(string topic, Action wake) => inner.Subscribe(topic, Plan.LosesSignals ? static () => { } : wake);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>When a failing call fails.</summary>
public enum FaultKind
{
    /// <summary>Nothing of it happened.</summary>
    BeforeIt,

    /// <summary>It is durable, and the caller does not know.</summary>
    AfterIt,
}

/// <summary>Which calls fail. Calls count from 1, reads and writes together; a read that is to fail after it does not fail.</summary>
public sealed class FaultPlan
{
    private readonly int _from;
    private readonly int _count;
    private readonly FaultKind _kind;
    private int _calls;

    private FaultPlan(int from, int count, FaultKind kind) => (_from, _count, _kind) = (from, count, kind);

    /// <summary>Calls made so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Signals do not arrive, as between nodes that lose their connection.</summary>
    public bool LosesSignals { get; private init; }

    /// <summary>Nothing fails.</summary>
    public static FaultPlan None => new(0, 0, FaultKind.BeforeIt);

    /// <summary>Makes the exception of a failing call.</summary>
    public Func<string, StoreException> Failure { get; private init; } = static message => new StoreException(message);

    /// <summary>No call fails, and no signal arrives.</summary>
    public static FaultPlan SignalsLost => new(0, 0, FaultKind.BeforeIt) { LosesSignals = true };

    /// <summary>The call with this number fails, and <paramref name="count"/> minus 1 after it.</summary>
    public static FaultPlan Fail(int call, FaultKind kind, int count = 1) => new(call, count, kind);

    /// <summary>No call succeeds.</summary>
    public static FaultPlan FailAll(Func<string, StoreException> failure) => new(1, int.MaxValue - 1, FaultKind.BeforeIt) { Failure = failure };

    internal FaultCall Next()
    {
        var number = Interlocked.Increment(ref _calls);
        return new FaultCall(number, number >= _from && number < _from + _count ? _kind : null, Failure);
    }
}

/// <summary>One call, and how it fails if it does.</summary>
internal readonly record struct FaultCall(int Number, FaultKind? Fails, Func<string, StoreException> Failure)
{
    public void ThrowIfFailing(FaultKind now)
    {
        if (Fails == now)
        {
            throw Failure($"Call {Number} fails as planned ({now}).");
        }
    }
}
