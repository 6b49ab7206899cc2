using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Petrel.Functions.Runtimes.Frames;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Wasm;

/// <summary>Compiles one file in a sandbox: a module that is made to exhaust its compiler exhausts only that.</summary>
internal sealed class ModuleCompilation(ISandboxLauncher launcher, RuntimeOptions options, TimeProvider time)
{
    /// <summary>A component of 12 MB (a JavaScript engine and a program) takes 10 s, 32 s on a busy machine; a bomb takes whatever it is given.</summary>
    private const int MemoryMb = 1024;

    private const long MaxCompiledBytes = 512L << 20;
    private const int MaxChunkBytes = 2 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>What other users may do with the file: the sandbox's own user opens it by the descriptor that it is handed.</summary>
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes what is compiled to a new file.</summary>
    /// <returns>The kind of what it is.</returns>
    /// <exception cref="FunctionStartException">It cannot be compiled: the message says why.</exception>
    public async Task<string> RunAsync(FunctionSpec function, RuntimeInfo runtime, (WasmHandler Handler, string File, Guid Id) what)
    {
        var own = function with
        {
            Handler = WasmWorker.Task("compile", what.Handler),
            MemoryMb = MemoryMb,
            LayerDirectories = [],
            Environment = FrozenDictionary<string, string>.Empty,
        };
        var plan = WasmWorker.Plan(options, runtime);
        var output = new Said();
        using var over = new CancellationTokenSource(Limit, time);
        await using var sandbox = await launcher.LaunchAsync(
            new SandboxSpec { InstanceId = what.Id.ToString("N"), Function = own, Plan = plan, Environment = plan.Environment, Output = output },
            over.Token);
        var channel = new FrameChannel(sandbox.Frames!);
        try
        {
            await channel.SendAsync(new FrameWriter().Init(new RuntimeAssignment(own, runtime, plan.Environment), "/var/task"), over.Token);
            return await ReceiveAsync(channel, what.File, over.Token) ?? throw Failed(await EndAsync(sandbox), output);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            throw Invalid($"it took longer than {Limit.TotalSeconds} s");
        }
        finally
        {
            channel.Release();
        }
    }

    private static async Task<string?> ReceiveAsync(FrameChannel channel, string path, CancellationToken cancellationToken)
    {
        var first = await channel.ReceiveAsync(MaxChunkBytes, cancellationToken);
        if (first is { Kind: FrameKind.InitError } error)
        {
            using var body = JsonDocument.Parse(error.Body);
            throw Invalid(body.RootElement.GetProperty("errorMessage").GetString()!);
        }

        if (first is not { Kind: FrameKind.StreamStart, Dropped: false } start || !StreamStart.TryRead(start.Body.Span, out var kind, out _)
            || kind is not ("command" or "component"))
        {
            return null;
        }

        await using var file = new FileStream(
            path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = Mode });
        File.SetUnixFileMode(file.SafeFileHandle, Mode); // The process's umask takes bits away.
        while (await channel.ReceiveAsync(MaxChunkBytes, cancellationToken) is { Dropped: false } frame)
        {
            switch (frame.Kind)
            {
                case FrameKind.StreamChunk when file.Length + frame.Body.Length <= MaxCompiledBytes:
                    await file.WriteAsync(frame.Body, cancellationToken);
                    break;
                case FrameKind.StreamEnd:
                    return kind;
                default:
                    return null;
            }
        }

        return null;
    }

    private static async Task<SandboxExit> EndAsync(ISandbox sandbox)
    {
        sandbox.Kill();
        return await sandbox.Exited;
    }

    private static FunctionStartException Failed(SandboxExit exit, Said output) => exit.OutOfMemory
        ? Invalid($"it needs more than {MemoryMb} MB of memory")
        : new FunctionStartException("InternalError", $"The compiler of WebAssembly ended without a word (exit status {exit.Code}). {output}");

    private static FunctionStartException Invalid(string reason) =>
        new("InvalidZipFileException", $"The WebAssembly code cannot be compiled: {reason}");

    /// <summary>The beginning of what the process printed.</summary>
    private sealed class Said : ISandboxOutput
    {
        private const int MaxBytes = 2048;
        private readonly StringBuilder _text = new();

        public void Write(ReadOnlySpan<byte> bytes, bool isError)
        {
            lock (_text)
            {
                _text.Append(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MaxBytes - Math.Min(_text.Length, MaxBytes))]));
            }
        }

        public override string ToString()
        {
            lock (_text)
            {
                return _text.ToString().Trim();
            }
        }
    }
}
