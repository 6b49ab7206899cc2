using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Server.Services.Lambda.Resolution;

namespace Petrel.Tests.Lambda.Control;

/// <summary>The real library behind a gate, so that a test decides when and how a preparation ends. Code that was through once stays so.</summary>
internal sealed class GatedLibrary(PackageLibrary library) : ICodeLibrary
{
    private readonly ConcurrentDictionary<string, bool> _through = new(StringComparer.Ordinal);
    private TaskCompletionSource _gate = Open();

    /// <summary>From now on preparations wait.</summary>
    public void Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What waits goes on.</summary>
    public void Release() => _gate.TrySetResult();

    /// <summary>What waits, and what comes later, fails.</summary>
    public void Fail(string message) => _gate.TrySetException(new FunctionStartException("InvalidZipFileException", message));

    public async ValueTask<string> GetFolderAsync(CodeRecord code, CancellationToken cancellationToken)
    {
        if (!_through.ContainsKey(code.Sha256))
        {
            await _gate.Task;
            _through[code.Sha256] = true;
        }

        return await library.GetFolderAsync(code, cancellationToken);
    }

    public static IServiceCollection Services() => new ServiceCollection()
        .AddSingleton<GatedLibrary>()
        .AddSingleton<ICodeLibrary>(provider => provider.GetRequiredService<GatedLibrary>());

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
