using System.Globalization;
using System.Text;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// What bubblewrap is told: which namespaces, which mounts, which variables. They go to it through a descriptor, because a command line is
/// for every user of the host to read.
/// </summary>
internal static class BubblewrapArguments
{
    private static readonly string[] Devices = ["null", "zero", "full", "random", "urandom", "tty"];

    /// <summary>Readable by everyone, of no use to a function, and telling of the host or its other users. Each costs a start a mount.</summary>
    private static readonly string[] HiddenInProc = [.. new[] { "/proc/cmdline", "/proc/interrupts", "/proc/kallsyms", "/proc/keys" }.Where(File.Exists)];

    /// <param name="locate">Where bubblewrap finds a path of the host.</param>
    /// <param name="ownNetwork">Whether bubblewrap makes the network namespace, instead of being started in one.</param>
    /// <param name="without">Defences that a test leaves out.</param>
    public static byte[] Build(ProcessPlan process, SandboxSources sources, Func<string, string> locate, bool ownNetwork, Defences without = Defences.None)
    {
        var options = new List<string>(256)
        {
            "--unshare-user", "--unshare-uts", "--unshare-cgroup-try", "--uid", Number(EtcFiles.UserId), "--gid", Number(EtcFiles.GroupId),
            "--hostname", "petrel", "--die-with-parent", "--new-session",
        };
        options.AddRange(without.HasFlag(Defences.ProcessNamespace) ? [] : ["--unshare-pid"]);
        options.AddRange(without.HasFlag(Defences.IpcNamespace) ? [] : ["--unshare-ipc"]);
        options.AddRange([without.HasFlag(Defences.Capabilities) ? "--cap-add" : "--cap-drop", "ALL"]);

        // A second user namespace, in which none can be made, stands in the way of listening in the sandbox's own network; the filter of
        // system calls forbids making one in any case.
        options.Add(ownNetwork ? "--unshare-net" : "--disable-userns");

        if (process.Plan.RootDirectory is { } root)
        {
            options.AddRange(ImageRoot.Arguments(root, locate(root), locate(sources.Etc)));
        }
        else
        {
            AddSystem(options);
            AddEtc(options, sources, locate);
            BindOrMake(options, sources.Code is null ? null : locate(sources.Code), "/var/task", without.HasFlag(Defences.ReadOnlyCode));
            BindOrMake(options, sources.Layers is null ? null : locate(sources.Layers), "/opt");
            BindOrMake(options, process.Plan.Modules is { } modules ? locate(modules) : null, LaunchPlan.ModulesPath);
        }

        AddProcesses(options, without);
        AddDevices(options, without);
        var tmpBytes = without.HasFlag(Defences.TmpSize) ? long.MaxValue >> 8 : (long)process.EphemeralStorageMb << 20;
        options.AddRange(["--perms", "1777", "--size", Number(tmpBytes), "--tmpfs", "/tmp"]);
        foreach (var mount in process.Plan.Mounts)
        {
            Bind(options, locate(mount.HostPath), mount.SandboxPath);
        }

        if (sources.Stem is { } stem)
        {
            Bind(options, locate(stem.HostPath), Stem.Path);
        }

        options.AddRange(["--remount-ro", "/", "--remount-ro", "/dev", "--chdir", process.Plan.WorkingDirectory]);
        AddEnvironment(options, process);
        return Encode(options);
    }

    /// <summary>Options end with NUL: a value that holds one would go on as options of its own, and mount what it likes.</summary>
    private static byte[] Encode(List<string> options)
    {
        if (options.Any(o => o.Contains('\0', StringComparison.Ordinal)))
        {
            throw new FunctionStartException("InvalidParameterValueException", "A variable or path of the function contains a NUL character");
        }

        return Encoding.UTF8.GetBytes(string.Join('\0', options) + '\0');
    }

    private static void AddSystem(List<string> options)
    {
        Bind(options, "/usr", "/usr");
        foreach (var name in new[] { "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32" })
        {
            var directory = new DirectoryInfo(name);
            if (directory.LinkTarget is { } target)
            {
                options.AddRange(["--symlink", target, name]);
            }
            else if (directory.Exists)
            {
                Bind(options, name, name);
            }
        }
    }

    /// <summary>Of the kernel's own files only those that tell of processes and sizes; its settings are read-only, in whatever namespace they are.</summary>
    private static void AddProcesses(List<string> options, Defences without)
    {
        options.AddRange(["--proc", "/proc"]);
        if (without.HasFlag(Defences.MaskedProc))
        {
            return;
        }

        Bind(options, "/proc/sys", "/proc/sys");
        foreach (var file in HiddenInProc)
        {
            Bind(options, "/dev/null", file); // where no device can be opened: it is there, and cannot be read
        }
    }

    /// <summary>Terminals are not among them: their number is bounded for the whole machine.</summary>
    private static void AddDevices(List<string> options, Defences without)
    {
        if (without.HasFlag(Defences.HiddenTerminals))
        {
            options.AddRange(["--dev", "/dev"]);
        }
        else
        {
            options.AddRange(["--perms", "0755", "--size", Number(64L << 10), "--tmpfs", "/dev"]);
            foreach (var name in Devices)
            {
                options.AddRange(["--dev-bind", $"/dev/{name}", $"/dev/{name}"]);
            }

            options.AddRange(["--symlink", "/proc/self/fd", "/dev/fd", "--symlink", "/proc/self/fd/0", "/dev/stdin"]);
            options.AddRange(["--symlink", "/proc/self/fd/1", "/dev/stdout", "--symlink", "/proc/self/fd/2", "/dev/stderr"]);
        }

        // Shared memory is a file system of its own with its own bound, since what is in /dev otherwise has none.
        options.AddRange(["--perms", "1777", "--size", Number(64L << 20), "--tmpfs", "/dev/shm"]);
    }

    private static void AddEtc(List<string> options, SandboxSources sources, Func<string, string> locate)
    {
        Bind(options, locate(sources.Etc), "/etc");
        foreach (var mount in EtcFiles.SharedMounts)
        {
            Bind(options, mount.HostPath, mount.SandboxPath);
        }
    }

    private static void AddEnvironment(List<string> options, ProcessPlan process)
    {
        options.Add("--clearenv");
        foreach (var (name, value) in process.Environment)
        {
            options.AddRange(["--setenv", name, value]);
        }

        if (process.Plan.FrameChannel)
        {
            options.AddRange(["--setenv", "PETREL_FD", Number(SandboxDescriptors.Frames)]);
        }
    }

    /// <summary>
    /// A place for what is mounted later has the folder for libraries too: the dynamic linker remembers of a folder in its path that it was not
    /// there when the program started, and would not look for the function's libraries.
    /// </summary>
    private static void BindOrMake(List<string> options, string? source, string target, bool writable = false) =>
        options.AddRange(source is null ? ["--dir", target, "--dir", target + "/lib"] : [writable ? "--bind" : "--ro-bind", source, target]);

    private static void Bind(List<string> options, string source, string target) => options.AddRange(["--ro-bind", source, target]);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Folders of the host that the launcher has prepared for a sandbox.</summary>
/// <param name="Code">Null in a sandbox that gets its code later.</param>
/// <param name="Layers">The layers, merged; null when the function has none, or they come later.</param>
/// <param name="Stem">The first program inside; null: the function's own is.</param>
internal sealed record SandboxSources(string Etc, string? Code, string? Layers, Stem? Stem = null);

/// <summary>The descriptors that bubblewrap is started with.</summary>
internal static class SandboxDescriptors
{
    /// <summary>The one that the function's process keeps beside its standard ones; not there without a frame channel.</summary>
    public const int Frames = 3;

    public const int Arguments = 4, Filter = 5, Info = 6, Block = 7;
}
