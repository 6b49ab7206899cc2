using Petrel.Functions.Runtimes.Catalogue;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Runtimes.Http.Families;

/// <summary>A kind of programs that serve HTTP: how one is started, and what it is told.</summary>
internal abstract class WorkerFamily
{
    protected const string Task = "/var/task";

    /// <summary>The runtime's family.</summary>
    public abstract string Name { get; }

    /// <exception cref="FunctionStartException">The code is not of this kind.</exception>
    public abstract LaunchPlan Plan(FunctionSpec function, RuntimeInfo runtime);

    public abstract IWorkerProtocol Protocol(FunctionSpec function, WorkerSettings settings);

    /// <summary>A program outside the system's folders is shown at its own path.</summary>
    protected static IReadOnlyList<SandboxMount> ProgramMounts(RuntimeInfo runtime) =>
        new InstalledProgram(runtime.Family, runtime.Program!, new Version()).Prefix is { } prefix ? [new SandboxMount(prefix, prefix)] : [];

    protected static FunctionStartException InvalidEntry(string message) => new("Runtime.InvalidEntrypoint", message);
}
