using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Server.Settings;

namespace Petrel.Bench.Load;

/// <summary>Puts functions on a daemon with the client of the CLI.</summary>
internal sealed class Deployments : IDisposable
{
    private readonly ApiClient _api;
    private readonly LambdaClient _lambda;

    public Deployments(MeasuredDaemon daemon)
    {
        Connection = new Connection(daemon.Endpoint, Connection.DefaultRegion, new Credentials("test", "test"), new PetrelOptions());
        _api = new ApiClient(Connection, TimeProvider.System);
        _lambda = new LambdaClient(_api, TimeProvider.System);
    }

    public Connection Connection { get; }

    public void Dispose() => _api.Dispose();

    public async Task CreateAsync(string name, SampleFunction function, CancellationToken cancellationToken)
    {
        var request = new JsonObject
        {
            ["FunctionName"] = name,
            ["Runtime"] = function.Runtime,
            ["Handler"] = function.Handler,
            ["Role"] = "arn:aws:iam::000000000000:role/bench",
            ["MemorySize"] = function.MemoryMb,
            ["Environment"] = new JsonObject { ["Variables"] = new JsonObject(function.Environment.Select(v => KeyValuePair.Create<string, JsonNode?>(v.Key, v.Value))) },
            ["Code"] = new JsonObject { ["ZipFile"] = Convert.ToBase64String(function.Package) },
        };
        if (function.TimeoutSeconds is { } timeout)
        {
            request["Timeout"] = timeout;
        }

        await _lambda.CreateAsync(request, cancellationToken);
        await _lambda.WaitUntilReadyAsync(name, cancellationToken);
    }

    /// <summary>Creates it with a URL that anybody may call.</summary>
    public async Task<Uri> CreateOpenAsync(string name, SampleFunction function, CancellationToken cancellationToken)
    {
        await CreateAsync(name, function, cancellationToken);
        return await OpenUrlAsync(name, signed: false, cancellationToken);
    }

    /// <summary>Changes a variable, which ends its instances: the next invocation is a cold start of the same code.</summary>
    public async Task TouchAsync(string name, int number, CancellationToken cancellationToken)
    {
        var variables = new JsonObject { ["Variables"] = new JsonObject { ["TOUCHED"] = $"{number}" } };
        await _lambda.UpdateConfigurationAsync(name, new JsonObject { ["Environment"] = variables }, cancellationToken);
        await _lambda.WaitUntilReadyAsync(name, cancellationToken);
    }

    /// <summary>A URL for the function, in the form by path (the daemon is asked by its address): the load generator resolves no names.</summary>
    /// <param name="signed">Whether callers must sign; otherwise anybody may call.</param>
    public async Task<Uri> OpenUrlAsync(string name, bool signed, CancellationToken cancellationToken)
    {
        var url = signed
            ? (await _api.RestAsync(
                HttpMethod.Post, "lambda", $"/2021-10-31/functions/{name}/url", new JsonObject { ["AuthType"] = "AWS_IAM" }, cancellationToken))!
                ["FunctionUrl"]!.GetValue<string>()
            : await _lambda.CreatePublicUrlAsync(name, cancellationToken);
        return new Uri(url);
    }

    /// <summary>The headers of a signed GET, made ahead: one signature serves a whole run, which is shorter than its five minutes.</summary>
    public Dictionary<string, string> SignGet(Uri url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        RequestSigning.Sign(request, [], Connection, "lambda", TimeProvider.System.GetUtcNow());
        return request.Headers.NonValidated.ToDictionary(h => h.Key, h => h.Value.ToString());
    }
}
