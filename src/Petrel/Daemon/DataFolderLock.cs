namespace Petrel.Daemon;

/// <summary>Held by the one daemon of a data folder. The system lets go of it when the process ends, however it ends.</summary>
internal sealed class DataFolderLock : IDisposable
{
    private const int Attempts = 5;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <summary>Null when another process holds it.</summary>
    public static DataFolderLock? TryTake(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            return new DataFolderLock(new FileStream(
                Path.Combine(dataFolder, "daemon.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e is not FileNotFoundException and not DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>As <see cref="TryTake"/>, but is patient with another process that only looks whether the lock is held.</summary>
    public static async Task<DataFolderLock?> TakeAsync(string dataFolder, TimeProvider time)
    {
        for (var attempt = 1; attempt < Attempts; attempt++)
        {
            if (TryTake(dataFolder) is { } taken)
            {
                return taken;
            }

            await Task.Delay(RetryInterval, time);
        }

        return TryTake(dataFolder);
    }

    public static bool IsHeld(string dataFolder)
    {
        if (!File.Exists(Path.Combine(dataFolder, "daemon.lock")))
        {
            return false;
        }

        using var mine = TryTake(dataFolder);
        return mine is null;
    }

    public void Dispose() => _file.Dispose();
}
