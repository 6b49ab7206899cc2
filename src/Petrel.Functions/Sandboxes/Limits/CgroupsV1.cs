using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Limits;

/// <summary>
/// Version 1: one hierarchy a controller, each with a folder for this daemon and one in it for every sandbox. The kernel's own limit is memory
/// and /tmp together; an alarm on the way there lets the daemon end processes that use more than their part.
/// </summary>
internal sealed class CgroupsV1 : IControlGroups
{
    private const string FreezerState = "freezer.state";
    private readonly Dictionary<string, string> _parents;

    /// <param name="root">Where the hierarchies are mounted: /sys/fs/cgroup.</param>
    /// <param name="daemon">The name of this daemon's folder.</param>
    public CgroupsV1(string root, string daemon)
    {
        _parents = Controllers.Concat(Further).Where(c => IsThere(root, c)).ToDictionary(c => c, c => Path.Combine(root, c, daemon));
        foreach (var parent in _parents.Values)
        {
            Directory.CreateDirectory(parent);
        }
    }

    private static string[] Controllers => ["memory", "cpu", "pids"];

    /// <summary>What limits do not need: counting processor time, freezing. Some are one hierarchy with others, under both names.</summary>
    private static string[] Further => ["cpuacct", "freezer"];

    public static bool IsMounted(string root) => Controllers.All(c => IsThere(root, c));

    private static bool IsThere(string root, string controller) => File.Exists(Path.Combine(root, controller, "tasks"));

    public int Version => 1;

    public IControlGroup Create(string name) => new Group(_parents, name);

    public void Bound(long memoryBytes, int processes)
    {
        CgroupFile.Write(Path.Combine(_parents["memory"], "memory.limit_in_bytes"), memoryBytes);
        CgroupFile.Write(Path.Combine(_parents["pids"], "pids.max"), processes);
    }

    /// <summary>What is frozen dies when it thaws.</summary>
    public void CleanUp() => CgroupFile.EndAll(_parents.Values.SelectMany(Directory.GetDirectories), Thaw);

    public void Remove()
    {
        foreach (var parent in _parents.Values)
        {
            _ = CgroupFile.TryRemove(parent);
        }
    }

    private static void Thaw(string group)
    {
        var state = Path.Combine(group, FreezerState);
        if (File.Exists(state))
        {
            CgroupFile.Write(state, "THAWED");
        }
    }

    private sealed class Group : IControlGroup
    {
        private const long MinStepBytes = 4 << 20;
        private const int MaxThresholds = 1000;
        private readonly string _memory, _cpu, _pids;
        private readonly string[] _groups, _enter, _leave;
        private readonly int _peak, _usage, _control, _processorTime, _freezer;
        private ResourceLimits? _limits;
        private long _memoryBytes;
        private int _armed;

        public Group(Dictionary<string, string> parents, string name)
        {
            (_memory, _cpu, _pids) = (Path.Combine(parents["memory"], name), Path.Combine(parents["cpu"], name), Path.Combine(parents["pids"], name));
            _groups = [.. parents.Values.Select(p => Path.Combine(p, name))];
            foreach (var group in _groups)
            {
                Directory.CreateDirectory(group);
            }

            _enter = [.. _groups.Select(g => Path.Combine(g, "tasks"))];
            _leave = [.. parents.Values.Select(p => Path.Combine(Path.GetDirectoryName(p)!, "tasks"))];
            _processorTime = parents.TryGetValue("cpuacct", out var accounts) ? CgroupFile.OpenToRead(Path.Combine(accounts, name, "cpuacct.usage")) : -1;
            _freezer = parents.TryGetValue("freezer", out var freezers) ? CgroupFile.OpenToWrite(Path.Combine(freezers, name, FreezerState)) : -1;
            _peak = CgroupFile.OpenToRead(Path.Combine(_memory, "memory.max_usage_in_bytes"));
            _usage = CgroupFile.OpenToRead(Path.Combine(_memory, "memory.usage_in_bytes"));
            _control = CgroupFile.OpenToWrite(Path.Combine(_memory, "cgroup.event_control"));
            Alarm = Libc.EventFd(0, 0x80800); // closed on exec, not blocking
            Libc.Check(Alarm, "eventfd");
        }

        public int Alarm { get; }

        public IReadOnlyList<string> Entrances => _enter;

        public IReadOnlyList<int> Processes => CgroupFile.Processes(_pids);

        public long PeakMemoryBytes => CgroupFile.ReadNumber(_peak);

        public long MemoryBytes => CgroupFile.ReadNumber(_usage);

        public TimeSpan? CpuTime => _processorTime < 0 ? null : TimeSpan.FromTicks(CgroupFile.ReadNumber(_processorTime) / TimeSpan.NanosecondsPerTick);

        public bool CanFreeze => _freezer >= 0;

        public void Freeze() => CgroupFile.Write(_freezer, "FROZEN", FreezerState);

        public void Thaw() => CgroupFile.Write(_freezer, "THAWED", FreezerState);

        public bool KilledForMemory => CgroupFile.ReadNamed(Path.Combine(_memory, "memory.oom_control"), "oom_kill") > 0;

        /// <summary>What is in force already is not written again: each file takes the kernel a walk along its path.</summary>
        public void Limit(ResourceLimits limits)
        {
            var total = limits.MemoryBytes + limits.FileBytes;
            if (_limits is not { } old || old.MemoryBytes + old.FileBytes != total)
            {
                LimitMemory(total);
            }

            // Buffers of sockets count only for groups with this limit; otherwise they are taken from what the whole machine has.
            var sockets = Path.Combine(_memory, "memory.kmem.tcp.limit_in_bytes");
            if (limits.SocketBytes is { } socketBytes && socketBytes != _limits?.SocketBytes && File.Exists(sockets))
            {
                CgroupFile.Write(sockets, socketBytes);
            }

            if (limits.CpuWeight != _limits?.CpuWeight)
            {
                CgroupFile.Write(Path.Combine(_cpu, "cpu.shares"), Math.Clamp(limits.CpuWeight, 2, 262_144));
            }

            if (limits.Processes != _limits?.Processes)
            {
                CgroupFile.Write(Path.Combine(_pids, "pids.max"), limits.Processes);
            }

            _limits = limits;
            _memoryBytes = limits.MemoryBytes;
        }

        private void LimitMemory(long total)
        {
            var withSwap = Path.Combine(_memory, "memory.memsw.limit_in_bytes");
            var hasSwap = File.Exists(withSwap);
            if (hasSwap)
            {
                CgroupFile.Write(withSwap, -1); // Memory with swap is never less than memory: a group that served a smaller function would refuse.
            }

            CgroupFile.Write(Path.Combine(_memory, "memory.limit_in_bytes"), total);
            if (hasSwap)
            {
                CgroupFile.Write(withSwap, total);
            }
        }

        public bool CheckMemory()
        {
            while (true)
            {
                var processes = CgroupFile.ReadNamed(Path.Combine(_memory, "memory.stat"), "rss");
                if (processes > _memoryBytes)
                {
                    return true;
                }

                // Not before it has grown by what is left can the processes have passed their part.
                var next = CgroupFile.ReadNumber(_usage) + Math.Max(_memoryBytes - processes, MinStepBytes);
                if (!ArmAt(next) || CgroupFile.ReadNumber(_usage) < next)
                {
                    return false; // not passed while the alarm was being set
                }
            }
        }

        /// <summary>Every threshold that is passed wakes the alarm, in either direction; their number is bounded by the steps to the limit.</summary>
        private bool ArmAt(long usageBytes)
        {
            if (_armed++ >= MaxThresholds)
            {
                return false;
            }

            CgroupFile.Write(_control, $"{Alarm} {_usage} {usageBytes}");
            return true;
        }

        public bool EnterThread()
        {
            foreach (var tasks in _enter)
            {
                CgroupFile.Write(tasks, "0"); // the writer itself
            }

            return true;
        }

        /// <summary>The launching thread goes to the root, not to where the daemon was: it starts children and allocates nothing.</summary>
        public void LeaveThread()
        {
            foreach (var tasks in _leave)
            {
                CgroupFile.Write(tasks, "0");
            }
        }

        public void Adopt(int processId) => throw new InvalidOperationException("Children of a thread inside are inside.");

        public bool TryRemove()
        {
            if (!CgroupFile.TryRemove(_pids))
            {
                CgroupFile.KillAll(_pids);
                if (CanFreeze)
                {
                    Thaw(); // what is frozen dies when it thaws
                }

                return false;
            }

            if (!Array.TrueForAll(_groups, CgroupFile.TryRemove))
            {
                return false;
            }

            foreach (var fd in new[] { _peak, _usage, _control, _processorTime, _freezer, Alarm })
            {
                _ = Libc.Close(fd);
            }

            return true;
        }
    }
}
