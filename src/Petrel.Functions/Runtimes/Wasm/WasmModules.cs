using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Petrel.Functions.Sandboxes;
using Petrel.Storage;

namespace Petrel.Functions.Runtimes.Wasm;

/// <summary>A compiled module or component.</summary>
/// <param name="Kind">How it is run: <c>command</c> or <c>component</c>.</param>
internal sealed record CompiledModule(string Path, string Kind);

/// <summary>
/// Compiled code, kept beside the folder of the code that it was made from, where no function can write, and removed with it. It is made
/// once, by a process in a sandbox of its own: at the deployment, or at a start that finds none (another processor, a newer Wasmtime).
/// </summary>
internal sealed class WasmModules(ISandboxLauncher launcher, RuntimeOptions options, IIdSource ids, TimeProvider time) : IDisposable
{
    /// <summary>Compiling takes a processor; more at once would only take it from functions that run.</summary>
    private const int Parallel = 1;

    private static readonly string[] Kinds = ["command", "component"];

    private readonly ConcurrentDictionary<string, Lazy<Task<CompiledModule>>> _making = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turns = new(Parallel);

    /// <exception cref="FunctionStartException">It cannot be compiled.</exception>
    public async Task<CompiledModule> GetAsync(FunctionSpec function, RuntimeInfo runtime, CancellationToken cancellationToken)
    {
        var handler = WasmHandler.Parse(function.Handler);
        var key = Path.Combine(CompiledCode.FolderOf(function.CodeDirectory), NameOf(handler, function.CodeDirectory));
        if (Find(key) is { } kept)
        {
            return kept;
        }

        // Only while it is made: what is there is found by its file, and a node has many functions.
        var made = _making.GetOrAdd(key, path => new(() => MakeAsync(path, function, runtime, handler)));
        return await made.Value.WaitAsync(cancellationToken);
    }

    /// <summary>The folder of a function's compiled code. Sandboxes' own users may enter it.</summary>
    public static string MakeFolder(FunctionSpec function)
    {
        const UnixFileMode mode = (UnixFileMode)0x1ed; // 0755
        var folder = CompiledCode.FolderOf(function.CodeDirectory);
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, mode); // The process's umask takes bits away.
        }

        return folder;
    }

    public void Dispose() => _turns.Dispose();

    private async Task<CompiledModule> MakeAsync(string path, FunctionSpec function, RuntimeInfo runtime, WasmHandler handler)
    {
        await Task.Yield();
        await _turns.WaitAsync();
        var draft = $"{path}.{ids.NextId():x16}.new";
        try
        {
            if (Find(path) is { } kept)
            {
                return kept; // by somebody who was just ready
            }

            MakeFolder(function);
            var kind = await new ModuleCompilation(launcher, options, time).RunAsync(function, runtime, (handler, draft, ids.NextGuid()));
            File.Move(draft, FileOf(path, kind), overwrite: true);
            return new CompiledModule(FileOf(path, kind), kind);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new FunctionStartException("InternalError", $"What was compiled cannot be kept: {problem.Message}", problem);
        }
        finally
        {
            if (File.Exists(draft))
            {
                File.Delete(draft);
            }

            _making.TryRemove(path, out _);
            _turns.Release();
        }
    }

    private static CompiledModule? Find(string path)
    {
        foreach (var kind in Kinds)
        {
            var file = FileOf(path, kind);
            if (File.Exists(file))
            {
                return new CompiledModule(file, kind);
            }
        }

        return null;
    }

    private static string FileOf(string path, string kind) => $"{path}.{kind}.cwasm";

    // The folder's content never changes; length and time tell apart what a folder of somebody's own would hold one after the other.
    private static string NameOf(WasmHandler handler, string codeDirectory)
    {
        var file = new FileInfo(Path.Combine(codeDirectory, handler.File));
        var stamp = file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.Length}|{file.LastWriteTimeUtc.Ticks}") : "";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{handler.File}|{handler.Export}|{stamp}"));
        return $"{Convert.ToHexStringLower(hash.AsSpan(0, 12))}-{WasmWorker.Target}";
    }
}
