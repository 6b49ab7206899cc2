using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>How everything here reads and changes functions: every change is durable and seen by the next invocation when it is answered.</summary>
internal sealed class FunctionLedger(
    IStore store,
    FunctionCache cache,
    AccountLimits limits,
    EnvironmentSeal environments,
    IIdSource ids,
    TimeProvider time)
{
    public DateTimeOffset Now => time.GetUtcNow();

    public int AccountConcurrency => limits.AccountConcurrency;

    public EnvironmentSeal Environments => environments;

    public ulong NewId() => ids.NextId();

    public string NewRevision() => ids.NextGuid().ToString();

    public ValueTask<T> ReadAsync<T>(Func<IReadTransaction, ValueTask<T>> read, CancellationToken cancellationToken = default) =>
        store.ReadAsync(read, cancellationToken);

    /// <summary>Reads a function, then <paramref name="read"/>, from one snapshot.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such function.</exception>
    public ValueTask<T> ReadAsync<T>(FunctionRef reference, CallContext call, Func<IReadTransaction, FunctionRecord, ValueTask<T>> read) =>
        store.ReadAsync(
            async tx => await read(tx, await FunctionStore.GetAsync(tx, reference.KeyIn(call)) ?? throw NotFound(reference, call)),
            call.Aborted);

    /// <summary>Changes rows of a function. A started change is not cancelled when the client goes.</summary>
    public async Task<T> ChangeAsync<T>(FunctionKey key, Func<IWriteTransaction, ValueTask<T>> write)
    {
        try
        {
            return await store.WriteAsync(write);
        }
        finally
        {
            cache.Forget(key);
            limits.Forget(key.Account, key.Region);
        }
    }

    /// <summary>Reads a function and changes it or rows of it.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such function.</exception>
    public Task<T> ChangeAsync<T>(FunctionRef reference, CallContext call, Func<IWriteTransaction, FunctionRecord, ValueTask<T>> write)
    {
        var key = reference.KeyIn(call);
        return ChangeAsync(key, async tx => await write(tx, await FunctionStore.GetAsync(tx, key) ?? throw NotFound(reference, call)));
    }

    /// <summary>The version as answers show it.</summary>
    public FunctionConfiguration View(FunctionRecord function, VersionRecord version, string? qualifier) =>
        FunctionView.Of(function, version, qualifier, environments.Open(version.Environment));

    /// <summary>The version as lists show it.</summary>
    public FunctionConfiguration ListItem(FunctionRecord function, VersionRecord version, string? qualifier) =>
        FunctionView.InList(View(function, version, qualifier));

    public static ResourceNotFoundException NotFound(FunctionRef reference, CallContext call) =>
        NotFound(reference.KeyIn(call).QualifiedArn(reference.Qualifier));

    public static ResourceNotFoundException NotFound(string arn) => new($"Function not found: {arn}");
}
