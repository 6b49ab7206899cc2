using System.Runtime.InteropServices;

namespace Petrel.Bootstrap;

internal static class Native
{
    private const int SetDescriptorFlags = 2, CloseOnExecFlag = 1;

    public static void CloseOnExec(int descriptor) => _ = Control(descriptor, SetDescriptorFlags, CloseOnExecFlag);

    // Blittable, so that no marshalling code is made for it when the process starts.
    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int Control(int descriptor, int command, nint argument);
}
