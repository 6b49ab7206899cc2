using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Functions.Runtimes;
using Petrel.Functions.Runtimes.Api;
using Petrel.Functions.Runtimes.Modules;
using Petrel.Functions.Runtimes.Wasm;
using Petrel.Functions.Sandboxes;
using Petrel.Storage;

namespace Petrel.Functions.Tests.Runtimes;

/// <summary>The runtimes of the machine, as a daemon finds them.</summary>
internal static class RuntimesUnderTest
{
    private static readonly Lazy<RuntimeProvider> Instance = new(() => new RuntimeProvider(
        new RuntimeOptions(),
        new RuntimeApiServer(NullLoggerFactory.Instance),
        new WasmModules(new NoSandboxes(), new RuntimeOptions(), new SystemIdSource(), TimeProvider.System),
        new ModuleCaches(new NoSandboxes(), new SystemIdSource(), TimeProvider.System)));

    public static RuntimeProvider Provider => Instance.Value;

    /// <summary>The root of the source tree.</summary>
    public static string Root { get; } = Path.GetDirectoryName(new RuntimeOptions().Bootstraps)!;

    private sealed class NoSandboxes : ISandboxLauncher
    {
        public SandboxCapabilities Capabilities => throw new NotSupportedException();

        public Task<ISandbox> LaunchAsync(SandboxSpec spec, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
