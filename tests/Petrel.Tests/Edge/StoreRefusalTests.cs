using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Petrel.Aws.Lambda;
using Petrel.Server;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Storage.Faults;
using Petrel.Storage.Memory;
using Petrel.Tests.Lambda.Control;

namespace Petrel.Tests.Edge;

/// <summary>A daemon whose store is full or overloaded says so, and takes up its work when that is over.</summary>
public sealed class StoreRefusalTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("petrel-refusal-");
    private readonly FaultInjectingStore _store = new(new MemoryStore(), FaultPlan.None);
    private readonly HttpClient _http = new();
    private PetrelServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await PetrelServer.StartAsync(
        new PetrelOptions
        {
            Edge = new EdgeOptions { Port = 0 },
            Storage = new StorageOptions { Data = _folder.FullName, Engine = "memory" },
        },
        services => services.AddSingleton<IStore>(_store));

    public async ValueTask DisposeAsync()
    {
        _store.Plan = FaultPlan.None;
        _http.Dispose();
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("logs", "/", "Logs_20140328.CreateLogGroup", """{"logGroupName":"g"}""")]
    [InlineData("iam", "/", null, "Action=ListRoles&Version=2010-05-08")]
    [InlineData("lambda", "/2015-03-31/functions/f/invocations", null, "{}")]
    [InlineData(null, "/_url/abcdefghijklmnopqrstuvwxyz012345/", null, "")]
    public async Task Request_StoreRefuses_Is503WithAReason(string? service, string path, string? target, string body)
    {
        _store.Plan = FaultPlan.FailAll(static message => new StoreBusyException(message));
        await ExpectAsync("The store has too much to do; try again.");
        _store.Plan = FaultPlan.FailAll(static message => new StoreFullException(message));
        await ExpectAsync("The store takes no writes: its disk is full.");
        _store.Plan = FaultPlan.None;
        Assert.NotEqual(HttpStatusCode.ServiceUnavailable, (await SendAsync(service, path, target, body)).Status);

        Assert.False(_server.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);

        async Task ExpectAsync(string reason)
        {
            var answer = await SendAsync(service, path, target, body);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
            Assert.Contains("ServiceUnavailable", answer.Text + answer.Header("x-amzn-ErrorType"), StringComparison.Ordinal);
            Assert.Contains(reason, answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Event_StoreIsFull_IsNotAcceptedAndTheReasonReachesTheEdge()
    {
        var store = new MemoryStore();
        var faulty = new FaultInjectingStore(store, FaultPlan.None);
        await using var plane = new ControlPlane(store: store, more: new ServiceCollection().AddSingleton<IStore>(faulty));
        await plane.CreateAsync("f");
        faulty.Plan = FaultPlan.FailAll(static message => new StoreFullException(message));
        await Assert.ThrowsAsync<StoreFullException>(() =>
            plane.Lambda.Invoke(new InvokeRequest("f", InvocationType: "Event", Payload: "{}"u8.ToArray()), ControlPlane.Call()));
        faulty.Plan = FaultPlan.None;
    }

    private async Task<Answer> SendAsync(string? service, string path, string? target, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        using var request = new HttpRequestMessage(service is null ? HttpMethod.Get : HttpMethod.Post, new Uri(_server.Endpoint, path));
        if (service is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new(
                target is not null ? "application/x-amz-json-1.1" : service == "iam" ? "application/x-www-form-urlencoded" : "application/json");
            if (target is not null)
            {
                request.Headers.Add("X-Amz-Target", target);
            }

            new SignedClient(service).Sign(request, body);
        }

        using var response = await _http.SendAsync(request);
        return await Answer.OfAsync(response);
    }
}
