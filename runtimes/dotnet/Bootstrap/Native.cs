using System.Runtime.InteropServices;

namespace Petrel.Bootstrap;

internal static class Native
{
    private const int SetDescriptorFlags = 2, CloseOnExecFlag = 1;

    public static void CloseOnExec(int descriptor) => _ = Control(descriptor, SetDescriptorFlags, CloseOnExecFlag);

    /// <summary>Environment.SetEnvironmentVariable changes .NET's copy only; native libraries read the C library's.</summary>
    public static unsafe void SetVariable(string name, string value)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes($"{name}\0{value}\0");
        fixed (byte* start = bytes)
        {
            _ = SetVariable(start, start + bytes.AsSpan().IndexOf((byte)0) + 1, 1);
        }
    }

    public static unsafe void RemoveVariable(ReadOnlySpan<byte> name)
    {
        fixed (byte* start = name)
        {
            _ = UnsetVariable(start);
        }
    }

    // Blittable, so that no marshalling code is made for it when the process starts.
    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int Control(int descriptor, int command, nint argument);

    [DllImport("libc", EntryPoint = "unsetenv")]
    private static extern unsafe int UnsetVariable(byte* name);

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern unsafe int SetVariable(byte* name, byte* value, int overwrite);
}
