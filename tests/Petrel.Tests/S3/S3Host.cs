using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.Iam;
using Petrel.Aws.Lambda;
using Petrel.Aws.S3;
using Petrel.Server.Edge;
using Petrel.Server.Security;
using Petrel.Server.Services.S3;
using Petrel.Server.Services.S3.Store;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Storage.Blobs;
using Petrel.Storage.Memory;
using Petrel.Testing;
using Petrel.Tests.Storage;
using Petrel.Wire;

namespace Petrel.Tests.S3;

/// <summary>S3 in process: a store in memory, and the bytes in a folder of its own.</summary>
internal sealed class S3Host : IAsyncDisposable
{
    public const string Bucket = "bucket";

    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services;

    public S3Host(string encryption = "on")
    {
        var ids = new SystemIdSource();
        Blobs = new FileBlobStore(Store, _folder.Path, Clock, ids);
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new PetrelOptions { Storage = new StorageOptions { Engine = "memory" }, Objects = new ObjectOptions { Encryption = encryption } })
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<IIdSource>(ids)
            .AddSingleton<IStore>(Store)
            .AddSingleton<IBlobStore>(Blobs)
            .AddSingleton<IAuthorizer, AllowAll>()
            .AddSingleton<IPolicyDocuments, AnyDocument>()
            .AddSingleton<WorkQueue>()
            .AddSingleton(RecordingLambda.Create(Invocations))
            .AddSingleton<RequestAuthenticator>()
            .AddPetrelSecurity()
            .AddS3()
            .BuildServiceProvider();
    }

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 1, 31, 10, 20, 30, TimeSpan.Zero));

    public MemoryStore Store { get; } = new();

    public FileBlobStore Blobs { get; }

    /// <summary>What functions have been invoked with.</summary>
    public Queue<InvokeRequest> Invocations { get; } = new();

    public IS3 S3 => Get<IS3>();

    public CallContext Call { get; } = new()
    {
        Account = "111122223333",
        Region = "us-east-1",
        Caller = Principal.Root("111122223333"),
        RequestId = "request",
        Endpoint = new Uri("http://localhost:4566"),
    };

    /// <summary>The files that hold objects' bytes.</summary>
    public string[] Files => [.. Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)];

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public static async Task<S3Host> WithBucketAsync(string encryption = "on")
    {
        var host = new S3Host(encryption);
        await host.S3.CreateBucket(new CreateBucketRequest(Bucket), host.Call);
        return host;
    }

    public Task<PutObjectOutput> PutAsync(string key, byte[] bytes, Func<PutObjectRequest, PutObjectRequest>? change = null)
    {
        var request = new PutObjectRequest(Bucket, key, new MemoryStream(bytes), ContentLength: bytes.Length);
        return S3.PutObject(change is null ? request : change(request), Call);
    }

    public async Task<byte[]> GetAsync(string key, string? range = null, string? version = null, int? part = null)
    {
        var answer = await S3.GetObject(new GetObjectRequest(Bucket, key, version, part, range), Call);
        await using var body = answer.Body!;
        using var copy = new MemoryStream();
        await body.CopyToAsync(copy);
        Assert.Equal(answer.ContentLength, copy.Length);
        return copy.ToArray();
    }

    public Task<DeleteObjectOutput> DeleteAsync(string key, string? version = null) => S3.DeleteObject(new DeleteObjectRequest(Bucket, key, version), Call);

    public Task SetVersioningAsync(string status) => S3.PutBucketVersioning(new PutBucketVersioningRequest(Bucket, new VersioningConfiguration(status)), Call);

    /// <summary>Lets go of all that is unreachable, as the daemon does in the background.</summary>
    public async Task CollectAsync()
    {
        Clock.Advance(TimeSpan.FromHours(2));
        while (await Get<GarbageCollector>().CollectAsync(TestContext.Current.CancellationToken) > 0)
        {
            // Uploads of a deleted bucket become garbage of their own.
        }

        await Blobs.SweepAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class AnyDocument : IPolicyDocuments
    {
        public string? FindFault(string document) => null;
    }

    private sealed class AllowAll : IAuthorizer
    {
        public ValueTask AuthorizeAsync(AccessCheck check, CallContext call) => ValueTask.CompletedTask;
    }
}
