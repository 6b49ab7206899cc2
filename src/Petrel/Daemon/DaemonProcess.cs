using System.Diagnostics;
using Petrel.Client;
using Petrel.Server.Settings;

namespace Petrel.Daemon;

/// <summary>Starts and stops the daemon of a data folder as a process of its own.</summary>
internal sealed class DaemonProcess(CliContext context, PetrelOptions options)
{
    private const int LogTailLines = 20;

    /// <summary>A daemon is ready in a second; one that recovers a long log on a slow disk gets time.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <summary>Running invocations may take Lambda's 15 minutes; somebody who types <c>down</c> waits less.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private string Data => options.Storage.Data;

    public string LogFile => Path.Combine(Data, "daemon.log");

    /// <summary>Null when none runs.</summary>
    public DaemonFile? FindRunning() => DataFolderLock.IsHeld(Data) ? DaemonFile.TryRead(Data) : null;

    /// <summary>Starts the daemon detached from this terminal and waits until it is ready.</summary>
    /// <param name="arguments">Options of <c>serve</c>.</param>
    /// <exception cref="CliException">It ended, or was not ready in time; the message has the end of its log.</exception>
    public async Task<DaemonFile> StartAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using (DataFolderLock.TryTake(Data) ?? throw new CliException($"a daemon is starting or stopping on {Data}", "try again in a moment"))
        {
            KeepOneOldLog();
        }

        using var process = Launch(arguments);
        var start = context.Time.GetTimestamp();
        while (context.Time.GetElapsedTime(start) < StartLimit)
        {
            if (process.HasExited)
            {
                throw new CliException($"the daemon ended while it started:\n{LogTail()}");
            }

            if (DaemonFile.TryRead(Data) is { } daemon && daemon.ProcessId == process.Id && await IsHealthyAsync(daemon.Endpoint, cancellationToken))
            {
                return daemon;
            }

            await Task.Delay(PollInterval, context.Time, cancellationToken);
        }

        throw new CliException(
            $"the daemon (process {process.Id}) was not ready after {StartLimit.TotalSeconds} s:\n{LogTail()}", $"its whole log: {LogFile}");
    }

    /// <summary>Asks the daemon to drain and stop, and waits until it has let go of its data.</summary>
    /// <returns>False when it still runs.</returns>
    public async Task<bool> StopAsync(DaemonFile daemon, CancellationToken cancellationToken)
    {
        if (Signals.Terminate(daemon.ProcessId) is { } problem)
        {
            throw new CliException($"process {daemon.ProcessId} cannot be stopped: {problem}", "stop it as the user who started it");
        }

        var start = context.Time.GetTimestamp();
        while (context.Time.GetElapsedTime(start) < StopLimit)
        {
            if (!DataFolderLock.IsHeld(Data))
            {
                return true;
            }

            await Task.Delay(PollInterval, context.Time, cancellationToken);
        }

        return false;
    }

    /// <summary>A session of its own (<c>setsid</c>) keeps it from this terminal's signals; the shell makes its output the log file.</summary>
    private Process Launch(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "log=$1; shift; exec setsid \"$@\" >>\"$log\" 2>&1 </dev/null", "petrel", LogFile, Environment.ProcessPath!, "serve" },
            WorkingDirectory = context.WorkingFolder,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private async Task<bool> IsHealthyAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(new Connection(endpoint, Connection.DefaultRegion, new Credentials("", ""), options), context.Time);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint, "/_petrel/health"));
            using var answer = await api.SendPlainAsync(request, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (DaemonUnreachableException)
        {
            return false;
        }
    }

    private void KeepOneOldLog()
    {
        if (File.Exists(LogFile))
        {
            File.Move(LogFile, LogFile + ".1", overwrite: true);
        }
    }

    private string LogTail() => File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(LogTailLines)) : "(it wrote no log)";
}
