using System.ComponentModel;
using System.Net.Sockets;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>A sandbox until it is assigned. It holds the descriptor of the sandbox's mount namespace for that long.</summary>
internal sealed class BlankSandbox(Sandbox sandbox, BlankSpec spec, StartedProcess process, BlankBindings bindings, Assigner assigner) : IBlankSandbox
{
    private readonly Lock _lock = new();
    private int _info = process.Info;
    private int _mountNamespace = -1;
    private bool _assigned;

    public int ProcessId => sandbox.ProcessId;

    public Task<SandboxExit> Exited => sandbox.Exited;

    public Socket Frames => sandbox.Frames ?? throw new InvalidOperationException("A blank sandbox needs a frame channel.");

    public long MemoryBytes => sandbox.MemoryBytes;

    public TimeSpan? CpuTime => sandbox.CpuTime;

    public string Said => bindings.Output.Said;

    public void Prepare()
    {
        lock (_lock)
        {
            if (_mountNamespace < 0)
            {
                _mountNamespace = OpenMounts();
            }
        }
    }

    public async Task<ISandbox> AssignAsync(SandboxAssignment assignment)
    {
        if (Exited.IsCompleted)
        {
            throw new FunctionStartException("ServiceException", "The waiting sandbox has ended");
        }

        Prepare();
        await assigner.AssignAsync(sandbox, spec, _mountNamespace, bindings, assignment);
        _assigned = true;
        LetGo();
        return sandbox;
    }

    /// <summary>Nobody else's mounts: the process must still be the child of ours, whose number cannot be another's before it is reaped.</summary>
    private int OpenMounts()
    {
        var inner = ProcessStarter.ReadInner(_info)
            ?? throw new FunctionStartException("ServiceException", "The waiting sandbox has not started");
        try
        {
            var mounts = Libc.Open($"/proc/{inner}/ns/mnt", 0x80000, 0);
            Libc.Check(mounts, "the sandbox's mounts");
            if (ParentOf(inner) == ProcessId && !Exited.IsCompleted)
            {
                return mounts;
            }

            _ = Libc.Close(mounts);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw new FunctionStartException("ServiceException", $"The waiting sandbox has ended: {e.Message}", e);
        }

        throw new FunctionStartException("ServiceException", "The waiting sandbox has ended");
    }

    private static int ParentOf(int processId)
    {
        // The name in brackets may hold anything; behind it stand the state and the parent.
        var text = File.ReadAllText($"/proc/{processId}/stat");
        return int.Parse(text.AsSpan(text.LastIndexOf(')') + 2).ToString().Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private void LetGo()
    {
        lock (_lock)
        {
            if (_mountNamespace >= 0)
            {
                _ = Libc.Close(_mountNamespace);
                _mountNamespace = -1;
            }

            if (_info > 0)
            {
                _ = Libc.Close(_info);
                _info = 0;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        LetGo();
        if (!_assigned)
        {
            await sandbox.DisposeAsync();
        }
    }
}
