using System.Diagnostics;
using System.Net.Sockets;

namespace Petrel.Bench.Load;

/// <summary>Another platform that runs a hello of its own kind, measured in the same run.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private Peer(string name, Process process, string folder, Uri url) => (Name, _process, _folder, Url) = (name, process, folder, url);

    public string Name { get; }

    public Uri Url { get; }

    public int Pid => _process.Id;

    /// <summary>Cloudflare's runtime: all requests in one isolate.</summary>
    public static async Task<Peer?> WorkerdAsync(BenchContext context, CancellationToken cancellationToken)
    {
        if (await Npm.InstallAsync(context, "workerd", ["workerd"], cancellationToken) is not { } installed)
        {
            return null;
        }

        var program = Directory.EnumerateFiles(Path.Combine(installed, "node_modules"), "workerd", SearchOption.AllDirectories).First(f => new FileInfo(f).Length > 1 << 20);
        return await StartAsync("workerd", "/", cancellationToken, (folder, port) =>
        {
            File.WriteAllText(Path.Combine(folder, "hello.js"), "export default { fetch() { return new Response('Hello from workerd'); } };\n");
            File.WriteAllText(Path.Combine(folder, "config.capnp"), $$"""
                using Workerd = import "/workerd/workerd.capnp";
                const config :Workerd.Config = (
                  services = [(name = "main", worker = .hello)],
                  sockets = [(name = "http", address = "127.0.0.1:{{port}}", http = (), service = "main")]
                );
                const hello :Workerd.Worker = (modules = [(name = "hello.js", esModule = embed "hello.js")], compatibilityDate = "2024-09-01");
                """);
            return new ProcessStartInfo(program, ["serve", "config.capnp"]);
        });
    }

    /// <summary>Google's functions framework: one Node.js process, all requests in it.</summary>
    public static async Task<Peer?> FunctionsFrameworkAsync(BenchContext context, CancellationToken cancellationToken)
    {
        const string package = "@google-cloud/functions-framework";
        if (await Npm.InstallAsync(context, "functions-framework", [package], cancellationToken) is not { } installed)
        {
            return null;
        }

        return await StartAsync("functions-framework", "/", cancellationToken, (folder, port) =>
        {
            File.WriteAllText(Path.Combine(folder, "index.js"), "exports.hello = (request, response) => { response.send('Hello from Google'); };\n");
            return new ProcessStartInfo("node", [Path.Combine(installed, "node_modules", package, "build/src/main.js"), "--target=hello", $"--port={port}"]);
        });
    }

    /// <summary>serverless-offline: emulates API gateway and Lambda for tests, in worker threads.</summary>
    public static async Task<Peer?> ServerlessOfflineAsync(BenchContext context, CancellationToken cancellationToken)
    {
        if (await Npm.InstallAsync(context, "serverless-offline", ["serverless@3", "serverless-offline@13"], cancellationToken) is not { } installed)
        {
            return null;
        }

        return await StartAsync("serverless-offline", "/hello", cancellationToken, (folder, port) =>
        {
            Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(installed, "node_modules"));
            File.WriteAllText(Path.Combine(folder, "index.js"), "exports.handler = async () => ({ statusCode: 200, body: 'Hello from serverless' });\n");
            File.WriteAllText(Path.Combine(folder, "serverless.yml"), """
                service: bench
                frameworkVersion: '3'
                provider: { name: aws, runtime: nodejs20.x, region: us-east-1 }
                plugins: [serverless-offline]
                functions:
                  hello: { handler: index.handler, events: [{ httpApi: 'GET /hello' }] }
                """);
            return new ProcessStartInfo(
                "node", ["node_modules/serverless/bin/serverless.js", "offline", "--httpPort", $"{port}", "--lambdaPort", $"{Ports.Free()}", "--noPrependStageInUrl"])
            {
                Environment = { ["SLS_TELEMETRY_DISABLED"] = "1", ["SLS_NOTIFICATIONS_MODE"] = "off", ["AWS_ACCESS_KEY_ID"] = "test", ["AWS_SECRET_ACCESS_KEY"] = "test" },
            };
        });
    }

    /// <summary>dynalite: the interface of DynamoDB for tests, in memory, which never syncs.</summary>
    public static async Task<Peer?> DynaliteAsync(BenchContext context, CancellationToken cancellationToken)
    {
        if (await Npm.InstallAsync(context, "dynalite", ["dynalite@4.0.0"], cancellationToken) is not { } installed)
        {
            return null;
        }

        return await StartAsync("dynalite", "/", cancellationToken, (_, port) => new ProcessStartInfo(
            "node",
            [Path.Combine(installed, "node_modules/dynalite/cli.js"), "--host", "127.0.0.1", "--port", $"{port}", "--createTableMs", "0", "--updateTableMs", "0"]));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<Peer?> StartAsync(
        string name, string path, CancellationToken cancellationToken, Func<string, int, ProcessStartInfo> prepare)
    {
        var folder = Directory.CreateTempSubdirectory($"petrel-bench-{name}-").FullName;
        var port = Ports.Free();
        var start = prepare(folder, port);
        (start.WorkingDirectory, start.RedirectStandardOutput, start.RedirectStandardError) = (folder, true, true);
        var process = Process.Start(start)!;
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
        var peer = new Peer(name, process, folder, new Uri($"http://127.0.0.1:{port}{path}"));
        if (await peer.AnswersAsync(cancellationToken))
        {
            return peer;
        }

        await peer.DisposeAsync();
        return null;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(40) && !_process.HasExited;)
        {
            try
            {
                using var answer = await http.GetAsync(Url, cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return true;
                }
            }
            catch (HttpRequestException e) when (e.InnerException is SocketException)
            {
                // Not listening yet.
            }

            await Task.Delay(100, cancellationToken);
        }

        return false;
    }
}
