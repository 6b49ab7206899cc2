using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Petrel.Functions.Sandboxes;
using Petrel.Storage;

namespace Petrel.Functions.Runtimes.Modules;

/// <summary>
/// What a language made of a function's modules when they were deployed (byte code, V8's code), kept beside the folder of the code, where no
/// function can write, and removed with it. It is one file, which the function's own process wrote in a sandbox, and which only instances of
/// the same code, layers, handler and program get to see.
/// </summary>
internal sealed class ModuleCaches(ISandboxLauncher launcher, IIdSource ids, TimeProvider time) : IDisposable
{
    /// <summary>The file in the folder that is mounted.</summary>
    public const string FileName = "modules";

    /// <summary>Less code than this is compiled in less time than a cache takes to be read.</summary>
    private const long LeastSourceBytes = 128 << 10;

    /// <summary>What is known of more functions than this is looked for again.</summary>
    private const int MaxKnown = 1000;

    /// <summary>It takes a processor; more at once would only take it from functions that run.</summary>
    private const int Parallel = 1;

    private readonly ConcurrentDictionary<string, bool> _large = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turns = new(Parallel);

    /// <summary>The folder to mount, once it has been made; null before.</summary>
    /// <param name="plan">How the function's process is started.</param>
    public static string? Find(FunctionSpec function, RuntimeInfo runtime, LaunchPlan plan)
    {
        var folder = FolderOf(function, runtime, plan);
        return File.Exists(Path.Combine(folder, FileName)) ? folder : null;
    }

    /// <summary>Whether a function brings so much code that loading it is most of its start.</summary>
    public bool IsLarge(FunctionSpec function, IReadOnlyList<string> extensions)
    {
        var key = string.Join('\n', function.LayerDirectories.Append(function.CodeDirectory));
        if (_large.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_large.Count >= MaxKnown)
        {
            _large.Clear();
        }

        return _large[key] = SourceBytes(function, extensions) >= LeastSourceBytes;
    }

    /// <summary>Makes it, unless it is there or the function is small. A function for which it cannot be made is started without it.</summary>
    public async Task MakeAsync(FunctionSpec function, RuntimeInfo runtime, LaunchPlan plan, IReadOnlyList<string> extensions, CancellationToken cancellationToken)
    {
        if (!IsLarge(function, extensions) || Find(function, runtime, plan) is not null)
        {
            return;
        }

        await _turns.WaitAsync(cancellationToken);
        try
        {
            var folder = FolderOf(function, runtime, plan);
            var draft = $"{folder}.{ids.NextId():x16}.new";
            Directory.CreateDirectory(draft);
            try
            {
                if (await new ModuleCompilation(launcher, time).RunAsync(function, runtime, plan, (ids.NextGuid(), Path.Combine(draft, FileName)), cancellationToken)
                    && !Directory.Exists(folder))
                {
                    Directory.Move(draft, folder);
                }
            }
            finally
            {
                if (Directory.Exists(draft))
                {
                    Directory.Delete(draft, recursive: true);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FunctionStartException)
        {
            return;
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private static long SourceBytes(FunctionSpec function, IReadOnlyList<string> extensions)
    {
        var sum = 0L;
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in function.LayerDirectories.Append(function.CodeDirectory)
            .Where(Directory.Exists)
            .SelectMany(folder => new DirectoryInfo(folder).EnumerateFiles("*", options))
            .Where(file => extensions.Contains(file.Extension)))
        {
            sum += file.Length;
            if (sum >= LeastSourceBytes)
            {
                break;
            }
        }

        return sum;
    }

    // Folders of code and of layers are named by what is in them, and never change.
    private static string FolderOf(FunctionSpec function, RuntimeInfo runtime, LaunchPlan plan)
    {
        var parts = new List<string> { runtime.InstalledVersion ?? "", function.Handler };
        parts.AddRange(plan.Command);
        parts.AddRange(function.LayerDirectories);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        return Path.Combine(CompiledCode.FolderOf(function.CodeDirectory), string.Create(CultureInfo.InvariantCulture, $"modules-{Convert.ToHexStringLower(hash.AsSpan(0, 12))}"));
    }
}
