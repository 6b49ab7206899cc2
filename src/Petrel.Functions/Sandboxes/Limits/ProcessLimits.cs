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
        // The kernel wakes the parent a moment before it gives the new program its user, whose process it must be.
        const int attempts = 200;
        for (var attempt = 1; !Libc.TryLowerLimit(processId, OpenFiles, openFiles); attempt++)
        {
            Libc.Check(attempt < attempts ? 0 : -1, "prlimit");
            Libc.PauseThread(attempt < attempts / 2 ? 0 : 1);
        }

        Libc.LowerLimit(processId, Core, 0);
        Libc.LowerLimit(processId, LockedMemory, 64 << 10); // as Lambda's; nobody else's memory is pushed out
        Libc.LowerLimit(processId, PendingSignals, 4096);
        Libc.LowerLimit(processId, MessageQueues, 819_200); // the kernel's default
    }
}
