using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Petrel.Functions.Sandboxes.Filter;
using Petrel.Functions.Sandboxes.Fork;
using Petrel.Functions.Sandboxes.Native;
using Petrel.Functions.Sandboxes.Network;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// Starts processes in sandboxes of bubblewrap. A start: 1 merge layers → 2 take a prepared enclosure → on the launching thread 3 stage
/// what is mounted and 4 start bubblewrap → 5 watch it, and accept its connections to the platform.
/// </summary>
internal sealed class SandboxLauncher : ISandboxLauncher, IAsyncDisposable
{
    private readonly Reactor _reactor = new();
    private readonly DedicatedThread _launching = new("petrel-launcher");
    private readonly Lazy<DedicatedThread> _borrowing = new(() => new DedicatedThread("petrel-sockets"));
    private readonly Machine _machine;
    private readonly Enclosures _enclosures;
    private readonly ISandboxConnections _connections;
    private readonly SandboxOptions _options;
    private readonly TimeProvider _time;
    private readonly LayerMerge _layers;
    private readonly Lazy<Assigner> _assigner;
    private readonly string _etc;
    private ProcessStarter? _starter;
    private Stage? _stage;
    private int _forkServers;
    private int _disposed;

    public SandboxLauncher(SandboxOptions options, ISandboxConnections connections, TimeProvider time, ILogger<SandboxLauncher> log)
    {
        (_options, _connections, _time) = (options, connections, time);
        var nameServers = EtcFiles.NameServers();
        _etc = Path.Combine(options.StateDirectory, "etc");
        EtcFiles.Write(_etc, nameServers);
        _layers = new LayerMerge(Path.Combine(options.StateDirectory, "layers"));
        _assigner = new Lazy<Assigner>(() => new Assigner(options, _layers));
        _machine = Machine.Prepare(options, nameServers);
        foreach (var problem in _machine.Capabilities.Problems)
        {
            LauncherLog.Reduced(log, problem);
        }

        _enclosures = new Enclosures(_machine.Daemon, _machine.Groups, _machine.Networks, options, time);
        if (Capabilities.Bubblewrap is not null)
        {
            _ = _enclosures.RefillAsync();
        }
    }

    public SandboxCapabilities Capabilities => _machine.Capabilities;

    /// <summary>Whether instances can be borne into waiting sandboxes: that takes root's rights, control groups and what is compiled from <c>native/</c>.</summary>
    public bool CanFork => Capabilities.Root && _machine is { Groups: not null, Stem: { } stem } && File.Exists(stem.EnterLibrary);

    /// <param name="command">The program of the fork server, on the host.</param>
    public Task<ForkServer> StartForkServerAsync(IReadOnlyList<string> command) => CanFork
        ? _launching.RunAsync(() => ForkServer.Start(
            command, _machine.Groups!.Create($"fork-{Interlocked.Increment(ref _forkServers)}"), _machine.Stem!, SystemCallFilter()))
        : throw new FunctionStartException("ServiceException", "Fork servers need root, control groups and a compiler when Petrel is built");

    private byte[]? SystemCallFilter() => Capabilities.Seccomp && !_options.Without.HasFlag(Defences.SystemCallFilter)
        ? SeccompFilter.Build(RuntimeInformation.ProcessArchitecture)
        : null;

    public async Task<ISandbox> LaunchAsync(SandboxSpec spec, CancellationToken cancellationToken = default)
    {
        var sources = new SandboxSources(_etc, spec.Function.CodeDirectory, _layers.Merge(spec.Function.LayerDirectories), _machine.Stem); // 1
        var door = Door();
        door.Identity = SandboxIdentities.Of(spec.InstanceId, spec.Function);
        return await StartAsync(
            ProcessPlan.Of(spec), sources, door,
            (enclosure, process) => new Sandbox(_reactor, spec.InstanceId, Sink(spec.Output), enclosure, process, _enclosures.GiveBackAsync),
            spec.Laps, cancellationToken);
    }

    public async Task<IBlankSandbox> LaunchBlankAsync(BlankSpec spec, CancellationToken cancellationToken = default)
    {
        if (!Capabilities.Root)
        {
            throw new FunctionStartException("ServiceException", "Without root's rights the daemon cannot mount code into a sandbox that runs");
        }

        var output = new UnassignedOutput();
        var door = Door();
        StartedProcess? started = null;
        var sandbox = await StartAsync(
            ProcessPlan.Of(spec), new SandboxSources(_etc, Code: null, Layers: null, _machine.Stem), door,
            (enclosure, process) => new Sandbox(_reactor, "", Sink(output), enclosure, started = process, _enclosures.GiveBackAsync),
            laps: null, cancellationToken);
        return new BlankSandbox(sandbox, spec, started!, new BlankBindings(output, door), _assigner.Value);
    }

    private async Task<Sandbox> StartAsync(
        ProcessPlan plan, SandboxSources sources, PlatformDoor door, Func<Enclosure, StartedProcess, Sandbox> make, StartLaps? laps, CancellationToken cancellationToken)
    {
        if (Capabilities.Bubblewrap is null)
        {
            throw new FunctionStartException("ServiceException", "bubblewrap is not installed on this machine: apt-get install bubblewrap");
        }

        var enclosure = await _enclosures.TakeAsync(); // 2
        laps?.End("enclosure");
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var process = await _launching.RunAsync(() => Start(plan, enclosure, sources));
            var sandbox = make(enclosure, process); // 5
            sandbox.Sockets = SocketsOf(enclosure, process.Id);
            if ((enclosure.Network?.Platform ?? process.Listeners.GetValueOrDefault(ProcessStarter.PlatformEndPoint(_options))) is { } platform)
            {
                _ = door.ServeAsync(platform);
            }

            _ = _enclosures.RefillAsync(); // now that nobody waits for it
            laps?.End("sandbox");
            return sandbox;
        }
        catch (Exception e)
        {
            await _enclosures.GiveBackAsync(enclosure);
            if (e is ExternalException or IOException or UnauthorizedAccessException)
            {
                throw new FunctionStartException("ServiceException", $"The sandbox could not be started: {e.Message}", e);
            }

            throw;
        }
    }

    private PlatformDoor Door() =>
        new(_connections, _time, _options.Without.HasFlag(Defences.AcceptRate) ? int.MaxValue : Network.SandboxAccepts.PerSecond);

    private OutputSink Sink(ISandboxOutput output) =>
        new(output, _options.Without.HasFlag(Defences.OutputRate) ? null : new OutputAllowance(_time), _time, new Lock());

    private StartedProcess Start(ProcessPlan plan, Enclosure enclosure, SandboxSources sources)
    {
        if (_starter is null)
        {
            _stage = _machine.StageDirectory is { } directory ? new Stage(directory, readOnly: !_options.Without.HasFlag(Defences.ReadOnlyCode)) : null;
            if (_stage is not null)
            {
                Libc.DropThreadGroups();
            }

            _starter = new ProcessStarter(
                _machine.BubblewrapPath!, _machine.Daemon.Name, SystemCallFilter(), _machine.Networks?.HostNamespace ?? -1, _options)
            { Stem = _machine.Stem };
        }

        var locate = _stage is null ? (Func<string, string>)(path => path) : _stage.Locate; // 3
        return _starter.Start(plan, enclosure, BubblewrapArguments.Build(plan, sources, locate, ownNetwork: enclosure.Network is null, _options.Without)); // 4
    }

    private Func<AddressFamily, Task<Socket>>? SocketsOf(Enclosure enclosure, int processId) =>
        enclosure.Network is { } network ? family => _machine.Networks!.OpenSocketAsync(network, family)
        : BorrowedListeners.Available ? _ => _borrowing.Value.RunAsync(() => BorrowedListeners.OpenSocket(processId))
        : null;

    /// <summary>Every sandbox has been disposed before.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _enclosures.DisposeAsync();
        _launching.Dispose();
        if (_borrowing.IsValueCreated)
        {
            _borrowing.Value.Dispose();
        }

        if (_assigner.IsValueCreated)
        {
            _assigner.Value.Dispose();
        }

        _machine.Dispose();
        _reactor.Dispose();
    }
}

internal static partial class LauncherLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Sandboxes are reduced on this machine: {Problem}")]
    public static partial void Reduced(ILogger log, string problem);
}
