using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Petrel.Functions;
using Petrel.Server.Edge;
using Petrel.Server.Settings;
using Petrel.Wire;

namespace Petrel.Tests.Edge;

public sealed class PipelineTests(EdgeFixture edge) : IClassFixture<EdgeFixture>
{
    [Theory]
    [InlineData("/_petrel/health")]
    [InlineData("/_localstack/health")]
    public async Task Health_Ready_NamesServices(string path)
    {
        var answer = await edge.SendAsync(null, HttpMethod.Get, path, []);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("ready", (string?)answer.Json["status"]);
        Assert.Equal("running", (string?)answer.Json["services"]!["toy"]);
    }

    [Fact]
    public async Task Health_PartMissing_Is503NamingIt()
    {
        await using var host = await EdgeHost.StartAsync(customise: s => s.AddSingleton<IReadiness>(new NotReady()));
        using var response = await host.Client.GetAsync("/_petrel/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("\"waitingFor\":[\"store\"]", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Preflight_AnyOrigin_IsAnsweredWithoutSignature()
    {
        var answer = await edge.SendAsync(null, HttpMethod.Options, "/2020/things", [], request =>
        {
            request.Headers.Add("Origin", "https://app.example");
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "authorization,x-amz-date");
        });
        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal("https://app.example", answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal("POST", answer.Header("Access-Control-Allow-Methods"));
        Assert.Equal("authorization,x-amz-date", answer.Header("Access-Control-Allow-Headers"));
    }

    [Fact]
    public async Task Unknown_Path_Is404WithAReason()
    {
        await using var host = await EdgeHost.StartAsync(customise: WithoutObjects);
        using var response = await host.Client.GetAsync("/no/such/thing");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("Nothing answers at this path.", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Http2_WithoutTls_IsServedOnTheSamePort()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.Host.Endpoint, "/_petrel/health"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await edge.Host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(HttpVersion.Version20, response.Version);
    }

    [Fact]
    public async Task Handler_BehindItsHost_IsAskedBeforeServices()
    {
        await using var host = await EdgeHost.StartAsync(customise: s => s.AddSingleton<IEdgeRoute, EchoRoute>());
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Endpoint, "/anything")) { Content = new StringContent("body") };
        request.Headers.Host = "echo.localhost";
        request.Headers.Add("X-Amz-Target", "Toy_20200101.Clear");
        new SignedClient("lambda") { PayloadHash = null }.Sign(request, Encoding.UTF8.GetBytes("body"));
        using var response = await host.Client.SendAsync(request);
        Assert.Equal("arn:aws:iam::000000000000:root body", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Sandbox_RootKey_IsRefusedAndIdentityIsKnown()
    {
        await using var host = await EdgeHost.StartAsync(customise: s => s.AddSingleton<ICredentialSource, SandboxKeys>());
        using var client = Sandboxed(host, new SandboxIdentity("instance-1", "000000000000", "eu-west-1", "arn:aws:lambda:eu-west-1:000000000000:function:f"));
        foreach (var key in (string[])["test", "123456789012"])
        {
            using var refused = new HttpRequestMessage(HttpMethod.Get, new Uri("http://localhost:4566/2020/things/x"));
            using var response = await client.SendAsync(new SignedClient("toy", AccessKeyId: key).Sign(refused, []));
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        using var own = new HttpRequestMessage(HttpMethod.Get, new Uri("http://localhost:4566/2020/things/x"));
        using var accepted = await client.SendAsync(new SignedClient("toy", AccessKeyId: "ASIASANDBOX", Secret: "s", SessionToken: "t").Sign(own, []));
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        Assert.Contains("instance-1", await accepted.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Gate_TooManyRequests_Is503()
    {
        var slow = new SlowRoute();
        await using var host = await EdgeHost.StartAsync(new EdgeOptions { MaxRequests = 1 }, s => s.AddSingleton<IEdgeRoute>(slow));
        var first = host.Client.GetAsync("/slow");
        await slow.Entered.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        using var second = await host.Client.GetAsync("/slow");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        slow.Leave.SetResult();
        using var answered = await first;
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task Client_Gone_CancelsTheCall()
    {
        var slow = new SlowRoute();
        await using var host = await EdgeHost.StartAsync(customise: s => s.AddSingleton<IEdgeRoute>(slow));
        using var patience = new CancellationTokenSource();
        var request = host.Client.GetAsync("/slow", patience.Token);
        await slow.Entered.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await slow.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    [Fact]
    public async Task Metrics_EveryRequest_IsCounted()
    {
        await using var host = await EdgeHost.StartAsync();
        var counted = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "petrel.edge.requests" && instrument.Meter.Scope == host.Services.GetRequiredService<IMeterFactory>())
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => counted.TrySetResult(string.Join(' ', tags.ToArray().Select(t => t.Value))));
        listener.Start();
        using var response = await host.Client.GetAsync("/2020/things/x");
        Assert.Equal("toy GetThing 403", await counted.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System));
    }

    private static void WithoutObjects(IServiceCollection services)
    {
        foreach (var service in services.Where(s => s.ImplementationInstance is ServiceRegistration { Contract.Name: "IToyObjects" }).ToArray())
        {
            services.Remove(service);
        }
    }

    /// <summary>A client whose connections come in as those of a sandbox do.</summary>
    private static HttpClient Sandboxed(EdgeHost host, SandboxIdentity identity) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(listener.LocalEndPoint!, cancellationToken);
            host.Services.GetRequiredService<ISandboxConnections>().Serve(await listener.AcceptAsync(cancellationToken), identity);
            return new NetworkStream(client, ownsSocket: true);
        },
    });

    private sealed class NotReady : IReadiness
    {
        public string Name => "store";

        public bool IsReady => false;
    }

    private sealed class SandboxKeys : ICredentialSource
    {
        public ValueTask<SigningCredential?> FindAsync(
            string accessKeyId, string? sessionToken, RequestOrigin origin, CancellationToken cancellationToken) => ValueTask.FromResult(
            accessKeyId == "ASIASANDBOX" && sessionToken == "t"
                ? new SigningCredential(accessKeyId, "s", new Principal(PrincipalKind.AssumedRole, "000000000000", origin.SandboxInstanceId ?? "none", "id"))
                : null);
    }

    private sealed class EchoRoute : IEdgeRoute
    {
        public int Order => 10;

        public string Name => "test";

        public bool Matches(HttpContext http) => http.Request.Host.Host == "echo.localhost";

        public async Task HandleAsync(HttpContext http, CallContext call)
        {
            using var reader = new StreamReader(http.Request.Body);
            await http.Response.WriteAsync($"{call.Caller.Arn} {await reader.ReadToEndAsync(call.Aborted)}", call.Aborted);
        }
    }

    private sealed class SlowRoute : IEdgeRoute
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Leave { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Order => 10;

        public string Name => "test";

        public bool Matches(HttpContext http) => http.Request.Path == "/slow";

        public async Task HandleAsync(HttpContext http, CallContext call)
        {
            Entered.TrySetResult();
            try
            {
                await Leave.Task.WaitAsync(call.Aborted);
            }
            catch (OperationCanceledException)
            {
                Aborted.TrySetResult();
                throw;
            }
        }
    }
}
