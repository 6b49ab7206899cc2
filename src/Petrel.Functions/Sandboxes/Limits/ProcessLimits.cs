using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Limits;

/// <summary>
/// What the kernel bounds for each process (rlimits), whether the machine has control groups or not. Set on a sandbox's outermost process
/// before it has children; they inherit them, and cannot raise them.
/// </summary>
internal static class ProcessLimits
{
    private const int Core = 4, OpenFiles = 7, LockedMemory = 8, PendingSignals = 11, MessageQueues = 12;

    /// <param name="openFiles">Lambda's own limit is 1,024.</param>
    public static void Lower(int processId, int openFiles)
    {
        Libc.LowerLimit(processId, OpenFiles, openFiles);
        Libc.LowerLimit(processId, Core, 0);
        Libc.LowerLimit(processId, LockedMemory, 64 << 10); // as Lambda's; nobody else's memory is pushed out
        Libc.LowerLimit(processId, PendingSignals, 4096);
        Libc.LowerLimit(processId, MessageQueues, 819_200); // the kernel's default
    }
}
