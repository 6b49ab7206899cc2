using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Petrel.Aws.Lambda;
using Petrel.Server.Edge;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Server.Services.Lambda.Urls;
using Petrel.Server.Settings;
using Petrel.Wire;

namespace Petrel.Tests.Lambda.Invocation;

/// <summary>Function URLs behind a server of their own: the route as the edge calls it, and a caller that the test chooses.</summary>
internal sealed class UrlHost : IAsyncDisposable
{
    public const string UrlId = "abcdefghijklmnopqrstuvwxyz012345";

    private readonly WebApplication _app;
    private readonly ScriptedAuthorizer _authorizer = new();

    private UrlHost(WebApplication app) => _app = app;

    public InvocationFixture Lambda { get; } = new();

    public HttpClient Client { get; private set; } = null!; // set by StartAsync

    /// <summary>Who the edge says has signed.</summary>
    public Principal Caller { get; set; } = Principal.Anonymous;

    /// <summary>What the edge says of the request's signature when it is wrong.</summary>
    public ServiceException? Refusal { get; set; }

    /// <summary>What was asked of the authoriser.</summary>
    public List<(AccessCheck Check, Principal Caller)> Checks => _authorizer.Checks;

    public bool Allowed
    {
        get => _authorizer.Allowed;
        set => _authorizer.Allowed = value;
    }

    public static async Task<UrlHost> StartAsync(
        string authType = "NONE",
        string invokeMode = "BUFFERED",
        CorsRecord? cors = null,
        Func<FunctionOptions, FunctionOptions>? options = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var host = new UrlHost(builder.Build());
        await host.AddUrlAsync(authType, invokeMode, cors);
        var lambda = host.Lambda;
        var route = new UrlRoute(
            new UrlDirectory(lambda.Store, lambda.Cache),
            new UrlAccess(host._authorizer, new PetrelOptions { Functions = options?.Invoke(lambda.Options.Functions) ?? lambda.Options.Functions }),
            lambda.Resolver,
            lambda.Engine,
            lambda.Ids,
            lambda.Clock);
        host._app.Run(http => host.HandleAsync(route, http));
        await host._app.StartAsync();
        host.Client = new HttpClient { BaseAddress = new Uri(host._app.Urls.Single()) };
        host.Client.DefaultRequestHeaders.Host = $"{UrlId}.lambda-url.eu-west-1.localhost:4566";
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private async Task AddUrlAsync(string authType, string invokeMode, CorsRecord? cors)
    {
        var function = await Lambda.AddFunctionAsync("f");
        var now = Lambda.Clock.GetUtcNow();
        var url = new UrlRecord(UrlId, null, authType, invokeMode, cors, now, now);
        var policy = new PolicyRecord(null, "r", [new PolicyStatement("s", """{"Effect":"Allow","Principal":"*"}""")]);
        await Lambda.WriteAsync(tx =>
        {
            UrlStore.Put(tx, function, url);
            PolicyStore.Policies.Put(tx, function, null, policy);
        });
    }

    private async Task HandleAsync(UrlRoute route, HttpContext http)
    {
        if (!route.Matches(http))
        {
            http.Response.StatusCode = (int)HttpStatusCode.MisdirectedRequest;
            return;
        }

        var call = InvocationFixture.Call(http.RequestAborted) with { Caller = Caller, Account = "000000000000" };
        http.Response.Headers["x-amzn-RequestId"] = call.RequestId;
        await (Refusal is null ? route.HandleAsync(http, call) : route.HandleRefusedAsync(http, call, Refusal));
    }

    private sealed class ScriptedAuthorizer : IAuthorizer
    {
        public bool Allowed { get; set; } = true;

        public List<(AccessCheck Check, Principal Caller)> Checks { get; } = [];

        public ValueTask AuthorizeAsync(AccessCheck check, CallContext call)
        {
            Checks.Add((check, call.Caller));
            return Allowed ? default : ValueTask.FromException(CommonException.AccessDenied("no"));
        }
    }
}
