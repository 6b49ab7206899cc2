using System.Globalization;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// The first program inside a sandbox (<c>native/stem.c</c>): it applies Landlock and becomes the function's process, at once or when it is told as what.
/// </summary>
/// <param name="HostPath">Where the compiled program lies.</param>
/// <param name="Landlock">The version of the kernel's Landlock that it applies; 0: none.</param>
internal sealed record Stem(string HostPath, int Landlock)
{
    /// <summary>Where it is inside.</summary>
    public const string Path = "/var/rapid/stem";

    /// <summary>What a fork server's children load to enter a sandbox (<c>native/enter.c</c>).</summary>
    public string EnterLibrary => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(HostPath)!, "enter.so");

    /// <summary>Since this version of Landlock, renames from folder to folder are possible where both may be written.</summary>
    private const int RenamesSince = 2;

    private string Mode => Landlock > 0 ? "lock" : "open";

    /// <summary>A command line that becomes <paramref name="command"/> at once.</summary>
    public IEnumerable<string> Run(IEnumerable<string> command) => [Path, Mode, "run", .. command];

    /// <summary>A command line that waits for a <see cref="Become"/> on its frame channel.</summary>
    public IEnumerable<string> Wait() => [Path, Mode, "wait"];

    /// <summary>Looks for the program and for what the kernel has; says what is missing.</summary>
    public static Stem? Find(SandboxOptions options, List<string> problems)
    {
        if (options.Stem is not { } path || !File.Exists(path))
        {
            problems.Add("the program for inside sandboxes was not compiled, so no Landlock, no fast starts of provided and Python bursts: "
                + "apt-get install gcc libc6-dev, and build again");
            return null;
        }

        var applied = !options.Without.HasFlag(Defences.Landlock);
        var version = applied ? Libc.LandlockVersion() : 0;
        if (applied && version < RenamesSince)
        {
            problems.Add(version < 1
                ? "the kernel has no Landlock (version 5.13 and lsm=landlock): files are kept apart by mounts and users alone"
                : string.Create(CultureInfo.InvariantCulture, $"the kernel's Landlock is of version {version}: functions cannot rename from folder to folder"));
        }

        return new Stem(path, Math.Max(version, 0));
    }
}
