using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Storage;
using Petrel.Storage.RocksDb;

namespace Petrel.Tests.Storage;

public sealed class RocksDbStoreTests(RocksDbFixture fixture) : StoreSuite, IClassFixture<RocksDbFixture>
{
    protected override IStore Store => fixture.Store;

    [Fact]
    public async Task Write_FunctionThatWaits_IsAnError() => await EmbeddedRules.RefusesFunctionsThatWaitAsync(Store);
}

/// <summary>One RocksDB in a folder of its own, shared by the tests of a class.</summary>
public sealed class RocksDbFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public IStore Store { get; private set; } = null!;

    public ValueTask InitializeAsync()
    {
        Store = RocksDbStore.Open(new RocksDbSettings { Path = _folder.Path }, NullLogger.Instance);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>A new folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("petrel-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
