using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Limits;

/// <summary>
/// Version 1: one hierarchy a controller, each with a folder for this daemon and one in it for every sandbox. The kernel's own limit is memory
/// and /tmp together; an alarm on the way there lets the daemon end processes that use more than their part.
/// </summary>
internal sealed class CgroupsV1 : IControlGroups
{
    private readonly string[] _parents;

    /// <param name="root">Where the hierarchies are mounted: /sys/fs/cgroup.</param>
    /// <param name="daemon">The name of this daemon's folder.</param>
    public CgroupsV1(string root, string daemon)
    {
        _parents = [.. Controllers.Select(c => Path.Combine(root, c, daemon))];
        foreach (var parent in _parents)
        {
            Directory.CreateDirectory(parent);
        }
    }

    private static string[] Controllers => ["memory", "cpu", "pids"];

    public static bool IsMounted(string root) => Controllers.All(c => File.Exists(Path.Combine(root, c, "tasks")));

    public int Version => 1;

    public IControlGroup Create(string name) => new Group(_parents, name);

    public void CleanUp()
    {
        foreach (var group in _parents.SelectMany(Directory.GetDirectories))
        {
            CgroupFile.KillAll(group);
            _ = CgroupFile.TryRemove(group);
        }
    }

    public void Remove()
    {
        foreach (var parent in _parents)
        {
            _ = CgroupFile.TryRemove(parent);
        }
    }

    private sealed class Group : IControlGroup
    {
        private const long MinStepBytes = 4 << 20;
        private const int MaxThresholds = 1000;
        private readonly string _memory, _cpu, _pids;
        private readonly string[] _enter, _leave;
        private readonly int _peak, _usage, _control;
        private long _memoryBytes;
        private int _armed;

        public Group(string[] parents, string name)
        {
            (_memory, _cpu, _pids) = (Path.Combine(parents[0], name), Path.Combine(parents[1], name), Path.Combine(parents[2], name));
            string[] groups = [_memory, _cpu, _pids];
            foreach (var group in groups)
            {
                Directory.CreateDirectory(group);
            }

            _enter = [.. groups.Select(g => Path.Combine(g, "tasks"))];
            _leave = [.. parents.Select(p => Path.Combine(Path.GetDirectoryName(p)!, "tasks"))];
            _peak = CgroupFile.OpenToRead(Path.Combine(_memory, "memory.max_usage_in_bytes"));
            _usage = CgroupFile.OpenToRead(Path.Combine(_memory, "memory.usage_in_bytes"));
            _control = Libc.Open(Path.Combine(_memory, "cgroup.event_control"), 0x80001, 0); // to write, closed on exec
            Alarm = Libc.EventFd(0, 0x80800); // closed on exec, not blocking
            Libc.Check(Alarm, "eventfd");
        }

        public int Alarm { get; }

        public long PeakMemoryBytes => CgroupFile.ReadNumber(_peak);

        public bool KilledForMemory => CgroupFile.ReadNamed(Path.Combine(_memory, "memory.oom_control"), "oom_kill") > 0;

        public void Limit(ResourceLimits limits)
        {
            var total = limits.MemoryBytes + limits.FileBytes;
            CgroupFile.Write(Path.Combine(_memory, "memory.limit_in_bytes"), total);
            var withSwap = Path.Combine(_memory, "memory.memsw.limit_in_bytes");
            if (File.Exists(withSwap))
            {
                CgroupFile.Write(withSwap, total);
            }

            _memoryBytes = limits.MemoryBytes;

            CgroupFile.Write(Path.Combine(_cpu, "cpu.shares"), Math.Clamp(limits.CpuWeight, 2, 262_144));
            CgroupFile.Write(Path.Combine(_pids, "pids.max"), limits.Processes);
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
                return false;
            }

            if (!CgroupFile.TryRemove(_cpu) || !CgroupFile.TryRemove(_memory))
            {
                return false;
            }

            foreach (var fd in new[] { _peak, _usage, _control, Alarm })
            {
                _ = Libc.Close(fd);
            }

            return true;
        }
    }
}
