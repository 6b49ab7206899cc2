using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Http;

/// <summary>A front as function URLs have: each request goes to the engine as it came, and what the function did not answer is said in headers.</summary>
internal sealed class UrlHost : IAsyncDisposable
{
    public const int MaxBodyBytes = 6 << 20;

    private readonly WebApplication _front;

    private UrlHost(WebApplication front, Uri address)
    {
        _front = front;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
    }

    public HttpClient Client { get; }

    public static async Task<UrlHost> StartAsync(EngineHost host, FunctionSpec function, int? reserved = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.UTF8;
        });
        var front = builder.Build();
        front.Run(http => ServeAsync(host, function, reserved, http));
        await front.StartAsync();
        return new UrlHost(front, new Uri(front.Urls.Single()));
    }

    private static async Task ServeAsync(EngineHost host, FunctionSpec function, int? reserved, HttpContext http)
    {
        var exchange = new HttpExchange(http) { Target = http.Features.Get<IHttpRequestFeature>()!.RawTarget, MaxBodyBytes = MaxBodyBytes };
        var invocation = new Invocation
        {
            RequestId = "3f5c9a1e-0000-4000-8000-000000000002",
            Payload = default,
            InvokedFunctionArn = function.FunctionArn,
            Http = exchange,
        };
        var result = await host.Engine.InvokeAsync(function, invocation, new AdmissionLimits(reserved), http.RequestAborted);
        if (result.FunctionError is not null && (http.Response.HasStarted || exchange.Begun))
        {
            http.Abort();
        }
        else if (result.FunctionError is not null || exchange.Refusal is not null)
        {
            http.Response.Clear();
            http.Response.StatusCode = exchange.Refusal ?? 502;
            await http.Response.BodyWriter.WriteAsync(result.Payload);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _front.StopAsync(new CancellationToken(canceled: true));
        await _front.DisposeAsync();
    }
}
