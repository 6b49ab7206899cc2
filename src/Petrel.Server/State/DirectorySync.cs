using System.Runtime.InteropServices;

namespace Petrel.Server.State;

/// <summary>A new file's name survives a loss of power only when its directory was synced too; .NET has no call for that.</summary>
internal static class DirectorySync
{
    private const int ReadOnlyDirectory = 0x10000;

    public static void Sync(string path)
    {
        var descriptor = Open(path, ReadOnlyDirectory, 0);
        if (descriptor < 0)
        {
            throw new IOException($"The directory {path} cannot be opened: error {Marshal.GetLastPInvokeError()}.");
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw new IOException($"The directory {path} cannot be synced: error {Marshal.GetLastPInvokeError()}.");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
