using Petrel.Storage;
using Petrel.Storage.Memory;

namespace Petrel.Tests.Storage;

public sealed class MemoryStoreTests : StoreSuite
{
    protected override IStore Store { get; } = new MemoryStore();

    [Fact]
    public async Task Write_FunctionThatWaits_IsAnError() => await EmbeddedRules.RefusesFunctionsThatWaitAsync(Store);
}

/// <summary>What only the embedded engines promise.</summary>
internal static class EmbeddedRules
{
    public static async Task RefusesFunctionsThatWaitAsync(IStore store)
    {
        var key = new Subspace("embedded").Key("waits");
        var never = new TaskCompletionSource<int>();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.WriteAsync(async tx =>
        {
            tx.Put(key, default);
            return await never.Task;
        }));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.ReadAsync(async _ => await never.Task));
        Assert.Null(await store.ReadAsync(tx => tx.GetAsync(key)));
    }
}
