using Petrel.Functions.Sandboxes.Launch;

namespace Petrel.Functions.Tests.Hostile;

/// <summary>Functions that try what the kernel has: calls, sockets, its own files, and what it counts for the whole machine.</summary>
[Collection(nameof(Hostile))]
public sealed class KernelTests
{
    /// <summary>Names each call that the kernel did not refuse outright: EPERM, ENOSYS and the like mean that it was not tried at all.</summary>
    private const string Calls = """
        #include <errno.h>
        #include <stdio.h>
        #include <unistd.h>
        #include <fcntl.h>
        #include <signal.h>
        #include <sys/mount.h>
        #include <sys/socket.h>
        #include <sys/syscall.h>
        #include <linux/sched.h>
        static void tell(const char *name, long result) {
            if (result >= 0 || (errno != EPERM && errno != ENOSYS && errno != EAFNOSUPPORT && errno != EPROTONOSUPPORT && errno != EACCES)) printf("%s\n", name);
        }
        #define TRY(name, call) do { errno = 0; tell(name, (long)(call)); } while (0)
        int main(void) {
            unsigned long context = 0;
            char room[256] = {0};
            signal(SIGSYS, SIG_IGN);
            TRY("io_uring", syscall(SYS_io_uring_setup, 1, room));
            TRY("aio", syscall(SYS_io_setup, 8, &context));
            TRY("userfaultfd", syscall(SYS_userfaultfd, 1));
            TRY("keyring", syscall(SYS_keyctl, 0, -3, 0, 0, 0));
            TRY("add_key", syscall(SYS_add_key, "user", "a", "b", 1, -3));
            TRY("ptrace", syscall(SYS_ptrace, 0, 0, 0, 0));
            TRY("process_vm_readv", syscall(SYS_process_vm_readv, getpid(), 0, 0, 0, 0, 0));
            TRY("pidfd_getfd", syscall(SYS_pidfd_getfd, -1, 0, 0));
            TRY("kcmp", syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0));
            TRY("name_to_handle_at", syscall(SYS_name_to_handle_at, AT_FDCWD, "/", room, room + 128, 0));
            TRY("unshare user", syscall(SYS_unshare, CLONE_NEWUSER));
            TRY("clone3", syscall(SYS_clone3, 0, 0));
            TRY("bpf", syscall(SYS_bpf, 99, 0, 0));
            TRY("perf", syscall(SYS_perf_event_open, room, 0, -1, -1, 0));
            TRY("netlink generic", socket(AF_NETLINK, SOCK_RAW, 16));
            TRY("netlink audit", socket(AF_NETLINK, SOCK_RAW, 9));
            TRY("netlink filter", socket(AF_NETLINK, SOCK_RAW, 12));
            TRY("packet", socket(AF_PACKET, SOCK_RAW, 0));
            TRY("raw", socket(AF_INET, SOCK_RAW, 1));
            TRY("vsock", socket(AF_VSOCK, SOCK_STREAM, 0));
            TRY("alg", socket(AF_ALG, SOCK_SEQPACKET, 0));
            TRY("udp lite", socket(AF_INET, SOCK_DGRAM, 136));
            TRY("mount", mount("none", "/tmp", "tmpfs", 0, 0));
            TRY("open_tree", syscall(SYS_open_tree, AT_FDCWD, "/", 0));
            TRY("chroot", chroot("/tmp"));
            TRY("personality", syscall(SYS_personality, 0x0040000));
            TRY("sethostname", sethostname("mine", 4));
            TRY("memfd_secret", syscall(447, 0));
            TRY("syslog", syscall(SYS_syslog, 10, 0, 0));
            TRY("fanotify", syscall(SYS_fanotify_init, 0, 0));
            return 0;
        }
        """;

    private const string RunCalls = "import subprocess\nreturn subprocess.run(['/var/task/calls'], capture_output=True, text=True).stdout.split('\\n')[:-1]";

    private const string ReadKernel = """
        secret = [f'/proc/{n}' for n in ('cmdline', 'keys', 'interrupts', 'kallsyms', 'kcore', 'kmsg', 'mem', 'vmallocinfo', 'slabinfo', 'timer_list')]
        told = []
        for name in secret + ['/sys/kernel', '/sys/fs/cgroup', '/sys/class/net']:
            try:
                with open(name, 'rb') as f:
                    if f.read(16): told.append(name)
            except IsADirectoryError: told.append(name)
            except OSError: pass
        return told
        """;

    private const string WriteKernel = """
        written = []
        for folder, _, files in os.walk('/proc/sys'):
            for name in files:
                try:
                    with open(os.path.join(folder, name), 'r+') as f: written.append(name)
                except OSError: pass
        for name in ('/proc/sysrq-trigger', '/proc/irq/default_smp_affinity', '/proc/mtrr', '/proc/pressure/cpu'):
            try:
                with open(name, 'r+') as f: written.append(name)
            except OSError: pass
        return written
        """;

    /// <summary>What other processes there are, and what they have in their environment.</summary>
    private const string ReadProcesses = """
        seen = []
        for name in os.listdir('/proc'):
            if name.isdigit():
                try:
                    with open(f'/proc/{name}/cmdline') as f: seen.append(f.read())
                except OSError: pass
        return any('Petrel.Functions.Tests' in s for s in seen)
        """;

    private const string OpenTerminals = """
        made = []
        try:
            while len(made) < 50: made.append(os.open('/dev/ptmx', os.O_RDWR))
        except OSError: pass
        return len(made)
        """;

    /// <summary>Takes what the kernel counts by user: one function's take must not be another's loss.</summary>
    private const string TakeWatches = """
        made, end = [], time.monotonic() + event.get('stay', 0)
        while len(made) < 800:
            fd = libc.inotify_init()
            if fd >= 0: made.append(fd)
            elif time.monotonic() > end: break
            else: time.sleep(0.01)
        time.sleep(max(0, end - time.monotonic()))
        for fd in made: os.close(fd)
        return len(made)
        """;

    private const string LeaveSharedMemory = """
        return libc.shmget(0x50455452, 4096, 0o1666) >= 0
        """;

    private const string FindSharedMemory = """
        return libc.shmget(0x50455452, 0, 0) >= 0
        """;

    private const string TakePriority = """
        got = []
        for name, call in (
            ('nice', lambda: os.setpriority(os.PRIO_PROCESS, 0, -5)),
            ('fifo', lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))),
            ('round robin', lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))),
            ('oom', lambda: open('/proc/self/oom_score_adj', 'w').write('-500'))):
            try:
                call()
                got.append(name)
            except OSError: pass
        if libc.syscall(251, 1, 0, (1 << 13)) == 0: got.append('disk')
        x = libc.mmap(None, 4 << 20, 3, 0x22, -1, 0)
        if libc.mlock(ctypes.c_void_p(libc.sbrk(0)), 4 << 20) == 0: got.append('locked memory')
        return got
        """;

    public KernelTests() => Attack.NeedsRoot();

    [Fact]
    public async Task Calls_OfTheKernelsInnerParts_AreRefused()
    {
        await using (var host = Attack.Without(Defences.SystemCallFilter | Defences.Capabilities | Defences.Landlock))
        {
            var open = Attack.Python(host, RunCalls);
            await Attack.AddProgramAsync(open, "calls", Calls);
            var (_, reached) = await host.InvokeAsync(open);
            Assert.All(["chroot", "ptrace", "keyring", "netlink generic", "name_to_handle_at"], call => Assert.Contains($"\"{call}\"", reached, StringComparison.Ordinal));
        }

        var function = Attack.Python(Attack.Guarded, RunCalls);
        await Attack.AddProgramAsync(function, "calls", Calls);
        var (_, payload) = await Attack.IsContainedAsync(_ => function);
        Assert.Equal("[]", payload);
    }

    [Fact]
    public async Task Read_KernelsFiles_TellNothingOfTheHost()
    {
        var (_, open) = await Attack.SucceedsAsync(Defences.MaskedProc, h => Attack.Python(h, ReadKernel));
        Assert.Contains("/proc/cmdline", open, StringComparison.Ordinal);
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, ReadKernel));
        Assert.Equal("[]", payload);
    }

    [Fact]
    public async Task Write_KernelsSettings_IsRefused()
    {
        var (_, open) = await Attack.SucceedsAsync(Defences.MaskedProc | Defences.Landlock, h => Attack.Python(h, WriteKernel));
        Assert.Contains("ns_last_pid", open, StringComparison.Ordinal);
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, WriteKernel));
        Assert.Equal("[]", payload);
    }

    [Fact]
    public async Task Read_Processes_SeesItsOwnOnly()
    {
        var (_, open) = await Attack.SucceedsAsync(Defences.ProcessNamespace, h => Attack.Python(h, ReadProcesses));
        Assert.Equal("true", open);
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, ReadProcesses));
        Assert.Equal("false", payload);
    }

    [Fact]
    public async Task Open_Terminals_FindsNone()
    {
        var (_, open) = await Attack.SucceedsAsync(Defences.HiddenTerminals | Defences.Landlock, h => Attack.Python(h, OpenTerminals));
        Assert.Equal("50", open);
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, OpenTerminals));
        Assert.Equal("0", payload);
    }

    [Fact]
    public async Task Take_WhatIsCountedByUser_LeavesTheNeighboursTheirs()
    {
        await using (var open = Attack.Without(Defences.DistinctUser))
        {
            Assert.Equal(0, await LeftForNeighbourAsync(open));
        }

        Assert.NotEqual(0, await LeftForNeighbourAsync(Attack.Guarded));

        static async Task<int> LeftForNeighbourAsync(Engine.EngineHost host)
        {
            var attack = host.InvokeAsync(Attack.Python(host, TakeWatches, seconds: 10), """{"stay":2}""");
            var neighbour = Attack.Python(host, TakeWatches);
            var left = int.MaxValue;
            while (left != 0 && !attack.IsCompleted)
            {
                left = Math.Min(left, int.Parse((await host.InvokeAsync(neighbour)).Payload));
            }

            await attack;
            return left;
        }
    }

    [Fact]
    public async Task SharedMemory_OfANeighbour_IsNotFound()
    {
        await using (var open = Attack.Without(Defences.IpcNamespace))
        {
            await open.InvokeAsync(Attack.Python(open, LeaveSharedMemory));
            Assert.Equal("true", (await open.InvokeAsync(Attack.Python(open, FindSharedMemory))).Payload);
            await open.InvokeAsync(Attack.Python(open, "s = libc.shmget(0x50455452, 0, 0)\nreturn libc.shmctl(s, 0, None)"));
        }

        await Attack.Guarded.InvokeAsync(Attack.Python(Attack.Guarded, LeaveSharedMemory));
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, FindSharedMemory));
        Assert.Equal("false", payload);
    }

    [Fact]
    public async Task Take_PriorityOfAnyKind_IsRefused()
    {
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, TakePriority));
        Assert.Equal("[]", payload);
    }
}
