namespace Petrel.Storage.Memory;

/// <summary>
/// The memory engine, for simulation and tests: write functions run one after another on their callers' threads, so that a run repeats
/// exactly when its callers do.
/// </summary>
public sealed class MemoryStore : IStore, IStoreTraits
{
    private readonly Lock _lane = new();
    private readonly SignalHub _signals = new();
    private volatile MemoryState _state = MemoryState.Empty;
    private bool _disposed;

    bool IStoreTraits.RunsWritesInOrder => true;

    object IStoreTraits.Engine => this;

    public ValueTask<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        return new(TransactionRules.Completed(read(new MemorySnapshot(_state))));
    }

    public ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var (result, signals) = Commit(write);
            foreach (var topic in signals)
            {
                _signals.Fire(topic);
            }

            return new(result);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<T>(exception);
        }
    }

    public IDisposable Subscribe(string topic, Action wake) => _signals.Subscribe(topic, wake);

    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return default;
    }

    private (T Result, List<string> Signals) Commit<T>(Func<IWriteTransaction, ValueTask<T>> write)
    {
        if (_lane.IsHeldByCurrentThread)
        {
            throw new InvalidOperationException("A write function awaits only its own transaction, not another.");
        }

        lock (_lane)
        {
            var transaction = new BufferedTransaction(new MemorySnapshot(_state), new WriteBuffer());
            try
            {
                var result = TransactionRules.Completed(write(transaction));
                _state = _state.Apply(transaction.Buffer);
                return (result, transaction.Buffer.Signals);
            }
            finally
            {
                transaction.Close();
            }
        }
    }
}
