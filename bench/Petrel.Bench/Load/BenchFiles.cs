namespace Petrel.Bench.Load;

/// <summary>Files of packages.</summary>
internal static class BenchFiles
{
    /// <summary>Copies a file, or a folder with all that is in it.</summary>
    public static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Copy(from, to);
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var entry in Directory.EnumerateFileSystemEntries(from))
        {
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
        }
    }
}
