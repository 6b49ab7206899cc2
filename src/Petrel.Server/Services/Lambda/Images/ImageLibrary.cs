using System.Formats.Tar;
using System.Text.Json;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Settings;

namespace Petrel.Server.Services.Lambda.Images;

/// <summary>
/// Container images: found by their digest when a function names them, copied once and kept as packages are, unpacked once for all
/// functions with the same image.
/// </summary>
internal sealed class ImageLibrary(ImageTools tools, PetrelOptions options)
{
    /// <summary>Finds out which image is meant.</summary>
    /// <exception cref="InvalidParameterValueException">There is no such image.</exception>
    public async Task<CodeRecord> ResolveAsync(string uri, CancellationToken cancellationToken)
    {
        if (!ImageReference.TryParse(uri, out var reference))
        {
            throw new InvalidParameterValueException($"Source image {uri} is not valid. Provide a valid source image.");
        }

        try
        {
            var digest = await tools.DigestAsync(reference, cancellationToken);
            var hash = Convert.ToBase64String(Convert.FromHexString(digest["sha256:".Length..]));
            return new CodeRecord(hash, 0, 0, reference.WithDigest(digest).ToString());
        }
        catch (ImageToolException e)
        {
            throw new InvalidParameterValueException(
                e.IsMissing ? $"Source image {uri} does not exist. Provide a valid source image."
                : e.IsDenied ? $"The registry does not let this installation read {uri}; give it a password (images.authFile): {e.Message}"
                : $"Source image {uri} cannot be read: {e.Message}");
        }
        catch (FunctionStartException e)
        {
            throw new InvalidParameterValueException(e.Message);
        }
    }

    /// <summary>Copies the image from where it is into an archive.</summary>
    /// <exception cref="FunctionStartException">It is not there any more, or not to be read.</exception>
    public async Task CopyAsync(CodeRecord code, string archive)
    {
        if (!ImageReference.TryParse(code.Image!, out var reference))
        {
            throw new FunctionStartException("InvalidImage", $"The image {code.Image} is not valid.");
        }

        try
        {
            if (reference.IsArchive && await tools.DigestAsync(reference, CancellationToken.None) != reference.Digest)
            {
                throw new FunctionStartException("ImageDeleted", $"The archive {reference.Name} holds another image by now.");
            }

            await tools.CopyAsync(reference, archive, CancellationToken.None);
        }
        catch (ImageToolException e)
        {
            throw new FunctionStartException(e.IsMissing ? "ImageDeleted" : e.IsDenied ? "ImageAccessDenied" : "InvalidImage", $"The image {code.Image} cannot be copied: {e.Message}", e);
        }
    }

    /// <summary>Makes the folder of an image, which has its files and what it says of itself, from an archive in it.</summary>
    /// <exception cref="FunctionStartException">It cannot be unpacked.</exception>
    public async Task UnpackAsync(string archive, string folder, string architecture)
    {
        var layout = Path.Combine(folder, "layout");
        try
        {
            Directory.CreateDirectory(layout);
            await TarFile.ExtractToDirectoryAsync(archive, layout, overwriteFiles: false);
            File.Delete(archive);
            var image = new ImageLayout(layout);
            File.Copy(image.ConfigPath, Path.Combine(folder, ImageConfigFile.Name));
            ImageConfigFile.RequireArchitecture(folder, architecture);
            image.RequireSize((long)options.Images.MaxMb << 20);
            var root = Path.Combine(folder, ImageConfigFile.Root);
            await tools.UnpackAsync(layout, root, CancellationToken.None);
            PrepareForNames(root);
            Directory.Delete(layout, recursive: true);
        }
        catch (ImageToolException e)
        {
            throw new FunctionStartException("InvalidImage", $"The image cannot be unpacked: {e.Message}", e);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or KeyNotFoundException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new FunctionStartException("InvalidImage", $"The image cannot be unpacked: {e.Message}", e);
        }
    }

    /// <summary>Each sandbox puts its own host names in place of the image's, and needs plain files for that; links could lead anywhere.</summary>
    private static void PrepareForNames(string root)
    {
        var etc = new DirectoryInfo(Path.Combine(root, "etc"));
        if (etc.LinkTarget is not null)
        {
            etc.Delete();
        }

        etc.Create();
        foreach (var name in (string[])["hosts", "resolv.conf"])
        {
            var file = new FileInfo(Path.Combine(etc.FullName, name));
            if (file.LinkTarget is not null || file.Exists)
            {
                file.Delete();
            }

            File.WriteAllBytes(file.FullName, []);
        }
    }
}
