using Petrel.Storage.Files;

namespace Petrel.Storage.Folder;

/// <summary>Copies of a data folder. A backup is a data folder itself, finished when it has its name and its FORMAT file.</summary>
internal static class Backup
{
    /// <summary>
    /// Writes a backup of a running store: first a checkpoint, then the blobs, whose files never change and which nobody may sweep
    /// meanwhile. What was committed when it began is in it.
    /// </summary>
    /// <param name="further">Adds folders of its own, after the checkpoint; they come back with a restore.</param>
    public static void Write(DataFolder folder, string engine, Action<string> checkpoint, Action<string>? further, string to)
    {
        var target = Path.GetFullPath(to);
        if (Directory.Exists(target) || File.Exists(target))
        {
            throw new StoreException($"{target} exists; a backup is written to a new folder.");
        }

        var unfinished = target + ".unfinished";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        DurableFiles.CreateDirectory(unfinished);
        DataFolder.KeepPrivate(unfinished);
        checkpoint(Path.Combine(unfinished, "store"));
        CopyTree(folder.BlobsPath, Path.Combine(unfinished, "blobs"));
        further?.Invoke(unfinished);
        SyncTree(unfinished);
        DataFolder.WriteFormat(unfinished, new FolderFormat(DataFolder.CurrentFormat, engine));
        Directory.Move(unfinished, target);
        DurableFiles.SyncDirectory(Path.GetDirectoryName(target)!);
    }

    /// <summary>Fills an unused data folder from a backup. Interrupted, it leaves a folder that is refused.</summary>
    public static void Restore(string from, string to)
    {
        var source = Path.GetFullPath(from);
        var target = Path.GetFullPath(to);
        if (!File.Exists(Path.Combine(source, "FORMAT")))
        {
            throw new StoreException($"{source} is no finished backup.");
        }

        if (!DataFolder.IsUnused(target))
        {
            throw new StoreException($"{target} holds data; restore into an empty folder.");
        }

        var format = DataFolder.ReadFormat(source);
        DurableFiles.CreateDirectory(target);
        foreach (var folder in Directory.EnumerateDirectories(source))
        {
            var copy = Path.Combine(target, Path.GetFileName(folder));
            CopyTree(folder, copy);
            SyncTree(copy);
        }

        DurableFiles.SyncDirectory(target);
        DataFolder.WriteFormat(target, format);
    }

    private static void CopyTree(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            CopyFile(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            CopyTree(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    /// <summary>A blob that is being staged may get its name, or go, while the folder is read: no row of the checkpoint names it.</summary>
    private static void CopyFile(string from, string to)
    {
        try
        {
            File.Copy(from, to);
        }
        catch (FileNotFoundException)
        {
            // It was unfinished.
        }
    }

    private static void SyncTree(string path)
    {
        foreach (var file in Directory.EnumerateFiles(path))
        {
            using var opened = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
            opened.Flush(flushToDisk: true);
        }

        foreach (var folder in Directory.EnumerateDirectories(path))
        {
            SyncTree(folder);
        }

        DurableFiles.SyncDirectory(path);
    }
}
