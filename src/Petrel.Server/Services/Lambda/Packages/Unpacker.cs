using System.Buffers;
using System.IO.Hashing;
using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.Packages;

/// <summary>Writes a checked archive's files into an empty folder, with their modes; links come last, so that nothing is written through one.</summary>
internal static class Unpacker
{
    private const int BufferBytes = 128 * 1024;

    /// <exception cref="InvalidDataException">The archive's content is not what its directory said.</exception>
    public static void Unpack(byte[] package, string folder, CancellationToken cancellationToken)
    {
        using var archive = ArchiveCheck.Open(package);
        var entries = archive.Entries.Select(ArchiveEntry.Of).ToArray();
        var folders = new HashSet<string>(StringComparer.Ordinal) { folder };
        var unpackedBytes = 0L;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            foreach (var entry in entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var path = PathOf(folder, entry);
                if (entry.Kind == ArchiveEntryKind.Folder)
                {
                    MakeFolder(path, folders);
                }
                else if (entry.Kind == ArchiveEntryKind.File)
                {
                    MakeFolder(Path.GetDirectoryName(path)!, folders);
                    unpackedBytes += WriteFile(entry, path, Limits.UnzippedBytes - unpackedBytes, buffer);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        MakeLinks(entries, folder, folders);
        SetFolderModes(entries, folder);
    }

    private static string PathOf(string folder, ArchiveEntry entry) => Path.Combine(folder, LinkPath.Normalize(entry.Path));

    private static void MakeFolder(string path, HashSet<string> folders)
    {
        if (folders.Add(path))
        {
            Directory.CreateDirectory(path);
        }
    }

    private static long WriteFile(ArchiveEntry entry, string path, long leftBytes, byte[] buffer)
    {
        if (Directory.Exists(path))
        {
            throw new InvalidDataException($"'{entry.Path}' is a file and a folder.");
        }

        var written = 0L;
        var checksum = new Crc32();
        using (var content = entry.Source.Open())
        using (var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = entry.Mode | UnixFileMode.UserWrite,
        }))
        {
            int read;
            while ((read = content.Read(buffer, 0, BufferBytes)) > 0)
            {
                written += read;
                if (written > entry.Source.Length || written > leftBytes)
                {
                    throw new InvalidDataException($"'{entry.Path}' is larger than the archive's directory says.");
                }

                checksum.Append(buffer.AsSpan(0, read));
                file.Write(buffer, 0, read);
            }

            // Set again, since the process's umask takes bits from a new file's mode.
            File.SetUnixFileMode(file.SafeFileHandle, entry.Mode);
            File.SetLastWriteTimeUtc(file.SafeFileHandle, entry.Source.LastWriteTime.UtcDateTime);
        }

        if (checksum.GetCurrentHashAsUInt32() != entry.Source.Crc32)
        {
            throw new InvalidDataException($"'{entry.Path}' has another checksum than the archive's directory says.");
        }

        return written;
    }

    private static void MakeLinks(ArchiveEntry[] entries, string folder, HashSet<string> folders)
    {
        foreach (var entry in entries)
        {
            if (entry.Kind == ArchiveEntryKind.Link)
            {
                var path = PathOf(folder, entry);
                MakeFolder(Path.GetDirectoryName(path)!, folders);
                if (Path.Exists(path))
                {
                    throw new InvalidDataException($"'{entry.Path}' stands in the archive twice.");
                }

                File.CreateSymbolicLink(path, ReadTarget(entry));
            }
        }
    }

    private static string ReadTarget(ArchiveEntry entry)
    {
        try
        {
            return ArchiveCheck.ReadTarget(entry);
        }
        catch (InvalidParameterValueException problem)
        {
            throw new InvalidDataException(problem.Message, problem);
        }
    }

    private static void SetFolderModes(ArchiveEntry[] entries, string folder)
    {
        foreach (var entry in entries)
        {
            if (entry.Kind == ArchiveEntryKind.Folder)
            {
                // The daemon itself must be able to remove the folder again when it does not run as root.
                File.SetUnixFileMode(PathOf(folder, entry), entry.Mode | UnixFileMode.UserWrite);
            }
        }
    }
}
