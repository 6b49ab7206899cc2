using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Petrel.Functions;
using Petrel.Functions.Pools;
using Petrel.Functions.Prestart;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Sandboxes.Launch;
using Petrel.Storage;

namespace Petrel.Functions.Tests.Engine;

/// <summary>The whole engine over real sandboxes and runtimes; logs, credentials and the platform are the test's.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private static readonly Lazy<EngineHost> Instance = new(() => new EngineHost(12_000));
    private static readonly Lazy<EngineHost> Ahead = new(() => new EngineHost(12_000, prestart: new PrestartOptions()));
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("petrel-engine-tests-");
    private readonly ServiceProvider _services;
    private int _lastFunction;

    public EngineHost(int memoryBudgetMb, TimeProvider? time = null, PrestartOptions? prestart = null, Func<SandboxOptions, SandboxOptions>? change = null)
    {
        var sandboxes = new SandboxOptions { StateDirectory = _directory.FullName, PreparedEnclosures = 2 };
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton<IIdSource, SystemIdSource>()
            .AddSingleton<IFunctionLogs>(Logs)
            .AddSingleton<IFunctionCredentials, TestCredentials>()
            .AddSingleton<ISandboxConnections>(Connections)
            .AddRuntimes(new RuntimeOptions { StateDirectory = _directory.FullName })
            .AddPetrelFunctions(
                new FleetOptions { MemoryBudgetMb = memoryBudgetMb },
                change?.Invoke(sandboxes) ?? sandboxes,
                prestart ?? new PrestartOptions { MemoryMb = 0 })
            .BuildServiceProvider();
    }

    /// <summary>One for all tests that need no engine of their own.</summary>
    public static EngineHost Shared => Instance.Value;

    /// <summary>One that starts runtimes ahead.</summary>
    public static EngineHost Prestarting => Ahead.Value;

    public PrestartPools Prestart => _services.GetRequiredService<PrestartPools>();

    public ForkServers Forks => _services.GetRequiredService<ForkServers>();

    public IRuntimeProvider Runtimes => _services.GetRequiredService<IRuntimeProvider>();

    public MemoryLogs Logs { get; } = new();

    public NoConnections Connections { get; } = new();

    public IFunctionEngine Engine => _services.GetRequiredService<IFunctionEngine>();

    /// <summary>A function with one file of code.</summary>
    public FunctionSpec Function(string runtime, string handler, string fileName, string code)
    {
        var name = $"f{Interlocked.Increment(ref _lastFunction)}";
        var folder = _directory.CreateSubdirectory(name);
        File.WriteAllText(Path.Combine(folder.FullName, fileName), code);
        File.SetUnixFileMode(Path.Combine(folder.FullName, fileName), (UnixFileMode)0x1ed);
        return new FunctionSpec
        {
            PoolKey = name,
            Account = "000000000000",
            Region = "us-east-1",
            Name = name,
            FunctionArn = $"arn:aws:lambda:us-east-1:000000000000:function:{name}",
            Version = "$LATEST",
            Runtime = runtime,
            Handler = handler,
            CodeDirectory = folder.FullName,
            LogGroup = $"/aws/lambda/{name}",
        };
    }

    public FunctionSpec Python(string code) => Function("python3.12", "app.handler", "app.py", code);

    public FunctionSpec Node(string code) => Function("nodejs22.x", "index.handler", "index.js", code);

    public FunctionSpec Shell(string code) => Function("provided.al2023", "x", "bootstrap", "#!/bin/sh\n" + code);

    public async Task<(InvocationResult Result, string Payload)> InvokeAsync(FunctionSpec spec, string payload = "{}", string? requestId = null, AdmissionLimits? limits = null)
    {
        var result = await Engine.InvokeAsync(
            spec,
            new Invocation
            {
                RequestId = requestId ?? "3f5c9a1e-0000-4000-8000-000000000001",
                Payload = Encoding.UTF8.GetBytes(payload),
                InvokedFunctionArn = spec.FunctionArn,
                WantLogTail = true,
            },
            limits ?? new AdmissionLimits(null));
        return (result, Encoding.UTF8.GetString(result.Payload.Span));
    }

    /// <summary>How many processes of the machine have this text in their environment.</summary>
    public int Processes(string mark) => Directory.EnumerateDirectories("/proc").Count(p =>
    {
        try
        {
            return char.IsAsciiDigit(p["/proc/".Length]) && File.ReadAllText(p + "/environ").Contains(mark, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private sealed class TestCredentials(TimeProvider time) : IFunctionCredentials
    {
        public ValueTask<FunctionCredentials> IssueAsync(FunctionSpec spec, string instanceId, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new FunctionCredentials("ASIATEST", "secret", "token", time.GetUtcNow().AddHours(6)));
    }

    /// <summary>Closes what connects to the platform, and counts it.</summary>
    internal sealed class NoConnections : ISandboxConnections
    {
        private int _served;

        public int Served => _served;

        public void Serve(Socket connection, SandboxIdentity identity)
        {
            Interlocked.Increment(ref _served);
            connection.Dispose();
        }
    }
}

/// <summary>Logs kept in memory, by function.</summary>
internal sealed class MemoryLogs : IFunctionLogs
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _lines = new();

    public IReadOnlyList<string> Of(FunctionSpec spec) => [.. _lines.GetOrAdd(spec.LogGroup, _ => new())];

    /// <summary>Streams whose instances have ended.</summary>
    public ConcurrentDictionary<string, bool> Closed { get; } = new();

    public IInstanceLog Open(FunctionSpec spec, string streamName) => new Stream(_lines.GetOrAdd(spec.LogGroup, _ => new()), streamName, Closed);

    private sealed class Stream(ConcurrentQueue<string> lines, string name, ConcurrentDictionary<string, bool> closed) : IInstanceLog
    {
        public string StreamName => name;

        public void Append(DateTimeOffset time, ReadOnlySpan<byte> line)
        {
            if (lines.Count < 10_000)
            {
                lines.Enqueue(Encoding.UTF8.GetString(line));
            }
        }

        public ValueTask FlushAsync() => ValueTask.CompletedTask;

        public void Dispose() => closed[name] = true;
    }
}

/// <summary>The system's clock with timers that are due sooner: limits of seconds pass in a test's time.</summary>
internal sealed class HurriedTime(int factor) : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime > TimeSpan.FromSeconds(1) ? dueTime / factor : dueTime, period);
}
