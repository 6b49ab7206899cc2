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

    private readonly ConcurrentDictionary<string, Lazy<Task<CompiledModule>>> _modules = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turns = new(Parallel);

    /// <exception cref="FunctionStartException">It cannot be compiled.</exception>
    public async Task<CompiledModule> GetAsync(FunctionSpec function, RuntimeInfo runtime, CancellationToken cancellationToken)
    {
        var handler = WasmHandler.Parse(function.Handler);
        var key = Path.Combine(CompiledCode.FolderOf(function.CodeDirectory), NameOf(handler, function.CodeDirectory));
        if (_modules.TryGetValue(key, out var known) && known.Value is { IsCompletedSuccessfully: true, Result: var module } && File.Exists(module.Path))
        {
            return module;
        }

        if (known is { Value.IsCompletedSuccessfully: true })
        {
            _modules.TryRemove(KeyValuePair.Create(key, known)); // Removed with its package, which has come again.
        }

        var made = _modules.GetOrAdd(key, path => new(() => MakeAsync(path, function, runtime, handler)));
        try
        {
            return await made.Value.WaitAsync(cancellationToken);
        }
        catch when (made.Value.IsFaulted)
        {
            _modules.TryRemove(KeyValuePair.Create(key, made));
            throw;
        }
    }

    public void Dispose() => _turns.Dispose();

    private async Task<CompiledModule> MakeAsync(string path, FunctionSpec function, RuntimeInfo runtime, WasmHandler handler)
    {
        await Task.Yield();
        if (Array.Find(Kinds, kind => File.Exists(FileOf(path, kind))) is { } kept)
        {
            return new CompiledModule(FileOf(path, kept), kept);
        }

        await _turns.WaitAsync();
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var draft = $"{path}.{ids.NextId():x16}.new";
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
            _turns.Release();
        }
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
