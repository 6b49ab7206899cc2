using System.Formats.Tar;
using Petrel.Client;

namespace Petrel.Packaging;

/// <summary>
/// A container image as an archive of this machine. Functions name archives in the data folder of their daemon only, so that nobody who
/// may call it names another file of the machine; whoever may write there puts one in.
/// </summary>
internal static class ImageFile
{
    /// <summary>What a function is called that has this image: <c>hello</c> of <c>registry/team/hello:v1</c> and of <c>out/hello.tar</c>.</summary>
    public static string NameOf(string image)
    {
        var last = image[(image.LastIndexOf('/') + 1)..];
        var file = last[(last.StartsWith("oci-archive:", StringComparison.Ordinal) || last.StartsWith("docker-archive:", StringComparison.Ordinal) ? last.IndexOf(':') + 1 : 0)..];
        return Path.GetFileNameWithoutExtension(file.EndsWith(".tar", StringComparison.Ordinal) ? file : file.Split('@', ':')[0] + ".tar");
    }

    /// <summary>Copies the archive to where the daemon finds it.</summary>
    /// <returns>How functions name it; null when there is no such file: then it is an image in a registry.</returns>
    public static string? Publish(string path, Connection connection)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        if (!connection.Endpoint.IsLoopback)
        {
            throw new CliException("an archive can be given to a daemon of this machine only", "put the image into a registry and name it there");
        }

        var kind = KindOf(path);
        var folder = Path.Combine(Path.GetFullPath(connection.Options.Storage.Data), "images");
        Directory.CreateDirectory(folder);
        var target = Path.Combine(folder, Path.GetFileName(path));
        if (!string.Equals(target, path, StringComparison.Ordinal))
        {
            File.Copy(path, target + ".new", overwrite: true);
            File.Move(target + ".new", target, overwrite: true);
        }

        return $"{kind}:{Path.GetFileName(path)}";
    }

    /// <summary>Archives of the open format say so in a file of their own; <c>docker save</c> writes the other.</summary>
    private static string KindOf(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var tar = new TarReader(file);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.Name.TrimStart('.', '/') == "oci-layout")
                {
                    return "oci-archive";
                }
            }

            return "docker-archive";
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new CliException($"{path} is no archive of an image: {e.Message}", "make one: docker save NAME -o FILE, or skopeo copy … oci-archive:FILE");
        }
    }
}
