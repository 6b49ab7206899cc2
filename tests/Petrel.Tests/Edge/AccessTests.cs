using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Petrel.Server.Edge;
using Petrel.Server.Settings;
using Petrel.Tests.Wire;
using Petrel.Wire;
using Petrel.Wire.Operations;

namespace Petrel.Tests.Edge;

public sealed class AccessTests
{
    [Fact]
    public async Task Authorize_Template_IsFilledAndThePolicyFetched()
    {
        var policies = new ThingPolicies();
        await using var host = await EdgeHost.StartAsync(customise: s => s.AddSingleton<IResourcePolicySource>(policies));
        await SendAsync(host, HttpMethod.Get, "/2020/things/a", "");
        var asked = Assert.Single(((RecordingAuthorizer)host.Services.GetRequiredService<IAuthorizer>()).Asked);
        Assert.Equal(new AccessCheck("toy:GetThing", "arn:aws:toy:eu-west-1:000000000000:thing:a", "policy of arn:aws:toy:eu-west-1:000000000000:thing:a"), asked);
    }

    [Fact]
    public async Task Authorize_Namer_NamesWhatTheTemplateCannot()
    {
        await using var host = await EdgeHost.StartAsync(customise: s => s.AddSingleton<IResourceNamer>(new ThingNamer()));
        await SendAsync(host, HttpMethod.Get, "/2020/things/a", "");
        await SendAsync(host, HttpMethod.Get, "/2020/things?list=all", "");
        var asked = ((RecordingAuthorizer)host.Services.GetRequiredService<IAuthorizer>()).Asked;
        Assert.Equal(["arn:named:a", "*"], asked.Select(a => a.Resource));
    }

    [Fact]
    public async Task Authorize_InvalidInput_IsNotAsked()
    {
        await using var host = await EdgeHost.StartAsync();
        await SendAsync(host, HttpMethod.Post, "/2020/things", "{}");
        Assert.Empty(((RecordingAuthorizer)host.Services.GetRequiredService<IAuthorizer>()).Asked);
    }

    [Fact]
    public async Task Tls_WithACertificate_IsServedOnTheSamePort()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".pfx");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await File.WriteAllBytesAsync(file, certificate.Export(X509ContentType.Pfx));
        try
        {
            await using var host = await EdgeHost.StartAsync(new EdgeOptions { Certificate = file });
            using var client = new HttpClient(new SocketsHttpHandler
            {
                SslOptions = { RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.Subject == "CN=localhost" },
            });
            using var secure = await client.GetAsync(new Uri($"https://localhost:{host.Endpoint.Port}/_petrel/health"));
            Assert.True(secure.IsSuccessStatusCode);
            using var plain = await client.GetAsync(new Uri(host.Endpoint, "/_petrel/health"));
            Assert.True(plain.IsSuccessStatusCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Bind_ElsewhereWithoutKeys_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() => EdgeHost.StartAsync(new EdgeOptions { Bind = "0.0.0.0" }));
        Assert.Contains("petrel keys", refused.Message);
    }

    private static async Task SendAsync(EdgeHost host, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, new Uri(host.Endpoint, path)) { Content = new StringContent(body) };
        new SignedClient("toy").Sign(request, System.Text.Encoding.UTF8.GetBytes(body));
        using var response = await host.Client.SendAsync(request);
    }

    private sealed class ThingPolicies : IResourcePolicySource
    {
        public string Service => "toy";

        public ValueTask<string?> FindPolicyAsync(string resourceArn, CallContext call) => ValueTask.FromResult<string?>($"policy of {resourceArn}");
    }

    private sealed class ThingNamer : IResourceNamer
    {
        public string Service => "toy";

        public string? FindArn(Operation operation, object request, CallContext call) => request is GetThingRequest get ? $"arn:named:{get.Name}" : null;
    }
}
