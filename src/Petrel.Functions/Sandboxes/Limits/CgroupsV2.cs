using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Limits;

/// <summary>
/// Version 2: one folder for this daemon and one in it for every sandbox. The kernel's own limit is memory and /tmp together; passing
/// memory.high slows the processes down and lets the daemon look what they use, and end them or raise it by what is in /tmp.
/// </summary>
internal sealed class CgroupsV2 : IControlGroups
{
    private const string Needed = "+memory +cpu +pids";
    private readonly string _parent;

    /// <param name="root">Where the hierarchy is mounted: /sys/fs/cgroup.</param>
    /// <param name="daemon">The name of this daemon's folder.</param>
    public CgroupsV2(string root, string daemon)
    {
        _parent = Path.Combine(root, daemon);
        Directory.CreateDirectory(_parent);
        CgroupFile.Write(Path.Combine(root, "cgroup.subtree_control"), Needed);
        CgroupFile.Write(Path.Combine(_parent, "cgroup.subtree_control"), Needed);
    }

    public static bool IsMounted(string root)
    {
        var controllers = Path.Combine(root, "cgroup.controllers");
        return File.Exists(controllers) && File.ReadAllText(controllers).Split((char[]?)null) is var has
            && has.Contains("memory") && has.Contains("cpu") && has.Contains("pids");
    }

    public int Version => 2;

    public IControlGroup Create(string name) => new Group(Path.Combine(_parent, name));

    public void Bound(long memoryBytes, int processes)
    {
        CgroupFile.Write(Path.Combine(_parent, "memory.max"), memoryBytes);
        CgroupFile.Write(Path.Combine(_parent, "pids.max"), processes);
    }

    public void CleanUp() => CgroupFile.EndAll(Directory.GetDirectories(_parent));

    public void Remove() => _ = CgroupFile.TryRemove(_parent);

    private sealed class Group : IControlGroup
    {
        private const long StepBytes = 4 << 20;
        private readonly string _path;
        private readonly int _peak, _usage, _processorTime, _freezer;
        private long _memoryBytes;

        public Group(string path)
        {
            _path = path;
            Directory.CreateDirectory(path);
            _peak = CgroupFile.OpenToRead(Path.Combine(path, "memory.peak")); // since Linux 5.19; without it the peak is unknown
            _usage = CgroupFile.OpenToRead(Path.Combine(path, "memory.current"));
            _processorTime = CgroupFile.OpenToRead(Path.Combine(path, "cpu.stat")); // its first line is usage_usec
            _freezer = CgroupFile.OpenToWrite(Path.Combine(path, "cgroup.freeze")); // since Linux 5.2
            Alarm = Libc.WatchFile(Path.Combine(path, "memory.events"));
        }

        /// <summary>The kernel writes to memory.events when memory.high is passed.</summary>
        public int Alarm { get; }

        public IReadOnlyList<string> Entrances => [Path.Combine(_path, "cgroup.procs")];

        public IReadOnlyList<int> Processes => CgroupFile.Processes(_path);

        public long PeakMemoryBytes => CgroupFile.ReadNumber(_peak);

        public long MemoryBytes => CgroupFile.ReadNumber(_usage);

        public TimeSpan? CpuTime => TimeSpan.FromMicroseconds(CgroupFile.ReadFirstNamed(_processorTime));

        public bool CanFreeze => _freezer >= 0;

        public void Freeze() => CgroupFile.Write(_freezer, "1", "cgroup.freeze");

        public void Thaw() => CgroupFile.Write(_freezer, "0", "cgroup.freeze");

        public bool KilledForMemory => CgroupFile.ReadNamed(Path.Combine(_path, "memory.events"), "oom_kill") > 0;

        public void Limit(ResourceLimits limits)
        {
            _memoryBytes = limits.MemoryBytes;
            CgroupFile.Write(Path.Combine(_path, "memory.max"), limits.MemoryBytes + limits.FileBytes);
            CgroupFile.Write(Path.Combine(_path, "memory.high"), limits.MemoryBytes);
            var swap = Path.Combine(_path, "memory.swap.max");
            if (File.Exists(swap))
            {
                CgroupFile.Write(swap, 0);
            }

            // Weights are 1 to 10,000 with 100 in the middle; a function of 1,024 MB has the weight of an ordinary process.
            CgroupFile.Write(Path.Combine(_path, "cpu.weight"), Math.Clamp(limits.CpuWeight * 100 / 1024, 1, 10_000));
            CgroupFile.Write(Path.Combine(_path, "pids.max"), limits.Processes);
        }

        public bool CheckMemory()
        {
            var stat = Path.Combine(_path, "memory.stat");
            if (CgroupFile.ReadNamed(stat, "anon") > _memoryBytes)
            {
                return true;
            }

            CgroupFile.Write(Path.Combine(_path, "memory.high"), _memoryBytes + CgroupFile.ReadNamed(stat, "shmem") + StepBytes);
            return false;
        }

        public bool EnterThread() => false;

        public void LeaveThread()
        {
            // Nothing was entered.
        }

        public void Adopt(int processId) => CgroupFile.Write(Path.Combine(_path, "cgroup.procs"), processId);

        public bool TryRemove()
        {
            if (!CgroupFile.TryRemove(_path))
            {
                CgroupFile.KillAll(_path);
                return false;
            }

            foreach (var fd in new[] { _peak, _usage, _processorTime, _freezer, Alarm })
            {
                _ = Libc.Close(fd);
            }

            return true;
        }
    }
}
