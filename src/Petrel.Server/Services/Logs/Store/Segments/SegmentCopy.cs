namespace Petrel.Server.Services.Logs.Store.Segments;

/// <summary>
/// Copies segments of running groups. Segments only grow, so that a copy holds what was written when it began; a block that was being
/// written is torn in it, and reading ends before it as after a crash. What is removed meanwhile may be missing.
/// </summary>
internal static class SegmentCopy
{
    public static void Write(string from, string to)
    {
        Directory.CreateDirectory(to);
        if (!Directory.Exists(from))
        {
            return;
        }

        foreach (var group in Directory.EnumerateDirectories(from))
        {
            var copy = Path.Combine(to, Path.GetFileName(group));
            Directory.CreateDirectory(copy);
            foreach (var segment in SegmentsOf(group))
            {
                CopyFile(segment, copy);

                // After its segment: an index tells which length it belongs to, and one that does not fit is ignored.
                CopyFile(Path.ChangeExtension(segment, Segment.IndexExtension), copy);
            }
        }
    }

    private static string[] SegmentsOf(string group)
    {
        try
        {
            return Directory.GetFiles(group, "*" + Segment.Extension);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static void CopyFile(string file, string folder)
    {
        try
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            // The group or its oldest segment went, or the segment is not full yet and has no index.
        }
    }
}
