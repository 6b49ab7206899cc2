using System.Runtime.InteropServices;

namespace Petrel.Daemon;

/// <summary>Signals to other processes; .NET itself can only kill.</summary>
internal static partial class Signals
{
    private const int SigTerm = 15;

    /// <summary>Null when the signal was sent, else what the system said.</summary>
    public static string? Terminate(int processId) => Kill(processId, SigTerm) == 0 ? null : Marshal.GetLastPInvokeErrorMessage();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
