using Petrel.Storage;

namespace Petrel.Server.Services.S3.Store;

/// <summary>Transactions of the object store; what they read and write is known to the classes beside this one.</summary>
internal sealed class S3Store(IStore store)
{
    public ValueTask<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read, CancellationToken cancellationToken = default) =>
        store.ReadAsync(read, cancellationToken);

    public ValueTask<T> WriteAsync<T>(Func<IWriteTransaction, ValueTask<T>> write, CancellationToken cancellationToken = default) =>
        store.WriteAsync(write, cancellationToken);

    public IDisposable Subscribe(string topic, Action wake) => store.Subscribe(topic, wake);
}
