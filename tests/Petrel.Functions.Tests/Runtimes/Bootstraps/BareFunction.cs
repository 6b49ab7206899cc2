using System.Text;
using System.Text.Json;
using Petrel.Functions;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Runtimes.Frames;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Tests.Runtimes.Bootstraps;

/// <summary>A function that runs on a bootstrap without a sandbox: the same program, frames and session, started in milliseconds.</summary>
internal sealed class BareFunction : IAsyncDisposable
{
    public const string RequestId = "8f5a1c1e-6b5a-4c39-9d0e-0c8f3b1f7a11";

    private readonly DirectoryInfo? _code;
    private readonly BareProcess _process;
    private readonly FrameSession _session;

    private BareFunction(BareProcess process, FrameSession session, DirectoryInfo? code) => (_process, _session, _code) = (process, session, code);

    public InitOutcome Init { get; private set; }

    public Task<int> Exited => _process.Exited;

    /// <summary>Starts a function whose code is one file, or several.</summary>
    public static Task<BareFunction> StartAsync(string runtime, string handler, params (string Name, string Text)[] files) =>
        StartAsync(runtime, handler, [], files);

    public static Task<BareFunction> StartAsync(
        string runtime, string handler, Dictionary<string, string> environment, params (string Name, string Text)[] files) =>
        StartInAsync(CodeOf(files, out var code), runtime, handler, environment, code);

    /// <summary>As a process from a pool: it is up, and learns then which function it is.</summary>
    public static Task<BareFunction> AssignAsync(
        string runtime, string handler, Dictionary<string, string> environment, params (string Name, string Text)[] files) =>
        StartInAsync(CodeOf(files, out var code), runtime, handler, environment, code, before: true);

    private static string CodeOf((string Name, string Text)[] files, out DirectoryInfo folder)
    {
        folder = Directory.CreateTempSubdirectory("petrel-bare-");
        foreach (var (name, text) in files)
        {
            var path = Path.Combine(folder.FullName, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        return folder.FullName;
    }

    /// <summary>Starts a function whose code is there already.</summary>
    public static async Task<BareFunction> StartInAsync(
        string folder, string runtime, string handler, Dictionary<string, string>? environment = null, DirectoryInfo? owned = null, bool before = false)
    {
        var spec = new FunctionSpec
        {
            PoolKey = "pool",
            Account = "000000000000",
            Region = "us-east-1",
            Name = "bare",
            FunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:bare",
            Version = "$LATEST",
            Runtime = runtime,
            Handler = handler,
            CodeDirectory = folder,
            LogGroup = "/aws/lambda/bare",
            Environment = environment ?? [],
        };
        var provider = RuntimesUnderTest.Provider;
        var info = provider.Catalogue.Find(runtime)!;
        var plan = provider.AdapterFor(info)!.Plan(spec, info);
        string Locate(string text) => plan.Mounts.Append(new SandboxMount(folder, "/var/task")).Aggregate(text, (t, m) => t.Replace(m.SandboxPath + "/", m.HostPath + "/", StringComparison.Ordinal));
        var variables = new Dictionary<string, string>(plan.Environment.ToDictionary(e => e.Key, e => Locate(e.Value)), StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/bin:/bin",
            ["AWS_LAMBDA_FUNCTION_NAME"] = "bare",
            ["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST",
            ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "128",
            ["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/bare",
            ["AWS_LAMBDA_LOG_STREAM_NAME"] = "stream",
        };
        foreach (var (name, value) in spec.Environment)
        {
            variables[name] = value;
        }

        // One that is started before its function is known gets all of its variables with it.
        var process = BareProcess.Start([.. plan.Command.Select(Locate)], before ? new Dictionary<string, string>(plan.Environment, StringComparer.Ordinal) { ["PETREL_WARM"] = "1" } : variables);
        if (before)
        {
            var waiting = new byte[5];
            await process.Socket.ReceiveAsync(waiting);
            Assert.Equal([1, 0, 0, 0, (byte)FrameKind.Waiting], waiting);
        }

        var session = new FrameSession(process.Socket, new RuntimeAssignment(spec, info, before ? variables : spec.Environment, before), folder);
        var function = new BareFunction(process, session, owned);
        function.Init = await session.InitAsync(default).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        return function;
    }

    public Task<RuntimeOutcome> InvokeAsync(string payload = "{}", IResponseStream? stream = null, string? clientContext = null, string? traceId = null) =>
        InvokeAsync(Encoding.UTF8.GetBytes(payload), stream, clientContext, traceId);

    public Task<RuntimeOutcome> InvokeAsync(byte[] payload, IResponseStream? stream = null, string? clientContext = null, string? traceId = null) =>
        _session.InvokeAsync(
            new Invocation
            {
                RequestId = RequestId,
                Payload = payload,
                InvokedFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:bare:live",
                ClientContext = clientContext,
                TraceId = traceId,
                ResponseStream = stream,
            },
            TimeProvider.System.GetUtcNow().AddSeconds(30),
            default).AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>The answer of a successful invocation.</summary>
    public async Task<JsonElement> AnswerAsync(string payload = "{}")
    {
        var outcome = await InvokeAsync(payload);
        Assert.Equal((RuntimeOutcomeKind.Response, ""), (outcome.Kind, outcome.Kind == RuntimeOutcomeKind.Error ? Text(outcome.Body) : ""));
        return JsonDocument.Parse(outcome.Body).RootElement;
    }

    /// <summary>The error body of a failed invocation, and whether the process announced its end with it.</summary>
    public async Task<JsonElement> ErrorAsync(string payload = "{}", bool ends = false)
    {
        var outcome = await InvokeAsync(payload);
        Assert.Equal((RuntimeOutcomeKind.Error, ends), (outcome.Kind, outcome.Ends));
        return JsonDocument.Parse(outcome.Body).RootElement;
    }

    public JsonElement InitError()
    {
        Assert.Equal(InitOutcomeKind.Error, Init.Kind);
        return JsonDocument.Parse(Init.Body).RootElement;
    }

    /// <summary>Ends the function and gives the events that it logged.</summary>
    public async Task<string[]> StopAsync() => (await _process.StopAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _code?.Delete(recursive: true);
    }
}
