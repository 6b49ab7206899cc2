using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;

namespace Petrel.Storage.RocksDb;

/// <summary>A write function on its way through the lane.</summary>
internal abstract class LaneRequest
{
    /// <summary>Runs the function; false when it failed, and nothing of it is to be written.</summary>
    public abstract bool Run(BufferedTransaction transaction);

    /// <summary>Answers the caller: with the function's result or its exception, or with <paramref name="failure"/> of the group.</summary>
    public abstract void Complete(StoreException? failure);

    /// <summary>Replaces the function's outcome: it ran, but its writes were refused.</summary>
    public abstract void Refuse(Exception reason);
}

/// <summary>Reused, so that a transaction allocates no task. Whoever awaits the result gives the object back by taking it.</summary>
internal sealed class LaneRequest<T> : LaneRequest, IValueTaskSource<T>
{
    private static readonly DefaultObjectPool<LaneRequest<T>> Pool = new(new DefaultPooledObjectPolicy<LaneRequest<T>>(), 64);

    private ManualResetValueTaskSourceCore<T> _core = new() { RunContinuationsAsynchronously = true };
    private Func<IWriteTransaction, ValueTask<T>>? _write;
    private CancellationToken _cancellationToken;
    private Exception? _exception;
    private T? _result;

    public ValueTask<T> Task => new(this, _core.Version);

    public static LaneRequest<T> Rent(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken)
    {
        var request = Pool.Get();
        request._write = write;
        request._cancellationToken = cancellationToken;
        return request;
    }

    public override bool Run(BufferedTransaction transaction)
    {
        try
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _result = TransactionRules.Completed(_write!(transaction));
            return true;
        }
        catch (Exception exception)
        {
            _exception = exception;
            return false;
        }
    }

    public override void Refuse(Exception reason) => _exception = reason;

    public override void Complete(StoreException? failure)
    {
        if ((failure ?? _exception) is { } exception)
        {
            _core.SetException(exception);
        }
        else
        {
            _core.SetResult(_result!);
        }
    }

    public T GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            (_write, _cancellationToken, _exception, _result) = (null, default, null, default);
            Pool.Return(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
