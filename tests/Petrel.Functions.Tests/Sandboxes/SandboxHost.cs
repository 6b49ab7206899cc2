using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Functions;
using Petrel.Functions.Sandboxes;
using Petrel.Functions.Sandboxes.Launch;

namespace Petrel.Functions.Tests.Sandboxes;

/// <summary>One launcher for all tests of sandboxes, as a daemon has one.</summary>
public sealed class SandboxHost : IAsyncDisposable
{
    private static readonly Lazy<SandboxHost> Instance = new(() => new SandboxHost(privileged: true));
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("petrel-sandbox-tests-");

    internal SandboxHost(bool privileged, Func<SandboxOptions, SandboxOptions>? change = null)
    {
        Connections = new EchoingConnections();
        var options = new SandboxOptions { StateDirectory = _directory.FullName, PreparedEnclosures = 2, Privileged = privileged };
        Launcher = new SandboxLauncher(change?.Invoke(options) ?? options, Connections, TimeProvider.System, NullLogger<SandboxLauncher>.Instance);
    }

    internal static SandboxHost Shared => Instance.Value;

    internal SandboxLauncher Launcher { get; }

    internal EchoingConnections Connections { get; }

    /// <summary>A folder that becomes /var/task, with one file in it.</summary>
    internal string Code(params (string Name, string Text)[] files)
    {
        var code = _directory.CreateSubdirectory("code-" + Path.GetRandomFileName());
        foreach (var (name, text) in files)
        {
            File.WriteAllText(Path.Combine(code.FullName, name), text);
        }

        return code.FullName;
    }

    internal FunctionSpec Function(string code) => new()
    {
        PoolKey = "pool",
        Account = "000000000000",
        Region = "us-east-1",
        Name = "hostile",
        FunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:hostile",
        Version = "$LATEST",
        Runtime = "provided.al2023",
        Handler = "x",
        CodeDirectory = code,
        LogGroup = "/aws/lambda/hostile",
        EphemeralStorageMb = 64,
    };

    internal async Task<(ISandbox Sandbox, CollectingOutput Output)> StartAsync(
        string script, Func<FunctionSpec, FunctionSpec>? change = null, Func<LaunchPlan, LaunchPlan>? plan = null)
    {
        var output = new CollectingOutput();
        var function = Function(Code(("file.txt", "content\n")));
        var launch = new LaunchPlan { Command = ["/bin/sh", "-c", script] };
        var sandbox = await Launcher.LaunchAsync(new SandboxSpec
        {
            InstanceId = "test",
            Function = change?.Invoke(function) ?? function,
            Plan = plan?.Invoke(launch) ?? launch,
            Output = output,
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/local/bin:/usr/bin:/bin", ["MARK"] = "a value" },
        });
        return (sandbox, output);
    }

    /// <summary>Runs a shell script in a sandbox to its end.</summary>
    internal async Task<(SandboxExit Exit, string Output)> RunAsync(string script, Func<FunctionSpec, FunctionSpec>? change = null)
    {
        var (sandbox, output) = await StartAsync(script, change);
        await using (sandbox)
        {
            var exit = await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(60));
            return (exit, output.Text);
        }
    }

    /// <summary>Starts a sandbox whose shell waits for a script, before it is known for which function.</summary>
    internal async Task<IBlankSandbox> StartBlankAsync(string before = "")
    {
        const string wait = "read length <&3; script=$(head -c $length <&3); cd /; cd /var/task; unset PETREL_FD OLDPWD; exec 3</dev/null; exec /bin/sh -c \"$script\"";
        var blank = await Launcher.LaunchBlankAsync(new BlankSpec
        {
            Plan = new LaunchPlan { Command = ["/bin/sh", "-c", $"{before} echo >&3; {wait}"], FrameChannel = true },
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/local/bin:/usr/bin:/bin", ["MARK"] = "a value" },
        });
        await blank.Frames.ReceiveAsync(new byte[1]);
        blank.Prepare();
        return blank;
    }

    /// <summary>Makes it a function's, which runs a shell script.</summary>
    internal async Task<(ISandbox Sandbox, CollectingOutput Output)> AssignAsync(
        IBlankSandbox blank, string script, Func<FunctionSpec, FunctionSpec>? change = null, string instanceId = "test")
    {
        var output = new CollectingOutput();
        var function = Function(Code(("file.txt", "content\n")));
        var sandbox = await blank.AssignAsync(new SandboxAssignment { InstanceId = instanceId, Function = change?.Invoke(function) ?? function, Output = output });
        await sandbox.Frames!.SendAsync(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(script)}\n{script}"));
        return (sandbox, output);
    }

    public async ValueTask DisposeAsync()
    {
        await Launcher.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}

/// <summary>The folder of a process's control group, of either version.</summary>
internal static class ControlGroup
{
    public static string Of(int processId, string controller)
    {
        var lines = File.ReadAllLines($"/proc/{processId}/cgroup").Select(l => l.Split(':', 3)).ToArray();
        var old = lines.FirstOrDefault(l => l[1] == controller);
        return old is not null ? $"/sys/fs/cgroup/{controller}{old[2]}" : "/sys/fs/cgroup" + lines.Single(l => l[0] == "0")[2];
    }
}

internal sealed class CollectingOutput : ISandboxOutput
{
    private readonly MemoryStream _bytes = new();

    public long Length { get; private set; }

    public string Text => Encoding.UTF8.GetString(_bytes.ToArray());

    public void Write(ReadOnlySpan<byte> bytes, bool isError)
    {
        Length += bytes.Length;
        if (_bytes.Length < 1 << 20)
        {
            _bytes.Write(bytes);
        }
    }
}

/// <summary>A platform that answers with the identity of the sandbox.</summary>
internal sealed class EchoingConnections : ISandboxConnections
{
    public void Serve(Socket connection, SandboxIdentity identity)
    {
        connection.Send(Encoding.UTF8.GetBytes($"{identity.InstanceId} {identity.FunctionArn}\n"));
        connection.Dispose();
    }
}
