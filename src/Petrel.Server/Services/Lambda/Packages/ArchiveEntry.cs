using System.IO.Compression;

namespace Petrel.Server.Services.Lambda.Packages;

internal enum ArchiveEntryKind
{
    File,
    Folder,
    Link,

    /// <summary>A device, socket or pipe, which no package may bring.</summary>
    Other,
}

/// <summary>What an archive's directory says of an entry.</summary>
/// <param name="Path">Relative, with <c>/</c> between its parts and none at its ends.</param>
/// <param name="Mode">The nine permission bits, with a default for archives made on systems without.</param>
internal sealed record ArchiveEntry(ZipArchiveEntry Source, ArchiveEntryKind Kind, string Path, UnixFileMode Mode)
{
    private const int TypeMask = 0xF000;
    private const int TypeFolder = 0x4000;
    private const int TypeFile = 0x8000;
    private const int TypeLink = 0xA000;
    private const int PermissionMask = 0x1FF;
    private const int DefaultFileMode = 0x1A4; // 0644
    private const int DefaultFolderMode = 0x1ED; // 0755

    /// <summary>Instances run under another user than the daemon, so that what they may not read they could not load.</summary>
    private const int ReadByAll = 0x124; // 0444

    private const int EnterByAll = 0x49; // 0111

    public static ArchiveEntry Of(ZipArchiveEntry source)
    {
        var unix = (source.ExternalAttributes >> 16) & 0xFFFF;
        var kind = (unix & TypeMask) switch
        {
            TypeLink => ArchiveEntryKind.Link,
            TypeFolder => ArchiveEntryKind.Folder,
            TypeFile or 0 => source.FullName.EndsWith('/') ? ArchiveEntryKind.Folder : ArchiveEntryKind.File,
            _ => ArchiveEntryKind.Other,
        };
        var mode = unix & PermissionMask;
        mode = kind == ArchiveEntryKind.Folder
            ? (mode == 0 ? DefaultFolderMode : mode) | ReadByAll | EnterByAll
            : (mode == 0 ? DefaultFileMode : mode) | ReadByAll;
        return new ArchiveEntry(source, kind, source.FullName.TrimEnd('/'), (UnixFileMode)mode);
    }
}
