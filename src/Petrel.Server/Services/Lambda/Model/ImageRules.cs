using Petrel.Aws.Lambda;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>What may be said of a function that is a container image, and of one that is not.</summary>
internal static class ImageRules
{
    private const string Image = "Image";

    /// <summary>The image of a new function; null when it has a package.</summary>
    public static ImageRecord? Check(CreateFunctionRequest request)
    {
        if (request.PackageType != Image)
        {
            Refuse(request.ImageConfig is not null, "Please don't provide ImageConfig when the intended function PackageType is Zip.");
            return null;
        }

        Refuse(
            request.Runtime is not null || request.Handler is not null || request.Layers is { Count: > 0 },
            "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.");
        Refuse(
            string.IsNullOrEmpty(request.Code.ImageUri) || request.Code.ZipFile is not null,
            "Please provide ImageUri when creating a function with packageType Image.");
        return Apply(new ImageRecord(request.Code.ImageUri!), request.ImageConfig);
    }

    /// <summary>Whether the function's new code is an image, as its old one must be then.</summary>
    public static bool Check(UpdateFunctionCodeRequest request, VersionRecord current)
    {
        if (current.Image is null)
        {
            Refuse(request.ImageUri is not null, "Please don't provide ImageUri when updating a function with packageType Zip.");
            return false;
        }

        Refuse(request.ZipFile is not null || string.IsNullOrEmpty(request.ImageUri), "Please provide ImageUri when updating a function with packageType Image.");
        return true;
    }

    public static ImageRecord? Check(UpdateFunctionConfigurationRequest request, VersionRecord current)
    {
        if (current.Image is not { } image)
        {
            Refuse(request.ImageConfig is not null, "Please don't provide ImageConfig when updating a function with packageType Zip.");
            return null;
        }

        Refuse(
            request.Runtime is not null || request.Handler is not null || request.Layers is { Count: > 0 },
            "Please don't provide Handler or Runtime or Layer when updating a function with packageType Image.");
        return request.ImageConfig is null ? image : Apply(image, request.ImageConfig);
    }

    /// <summary>What is empty is not overridden.</summary>
    private static ImageRecord Apply(ImageRecord image, ImageConfig? config) => image with
    {
        EntryPoint = config?.EntryPoint is { Count: > 0 } entryPoint ? [.. entryPoint] : null,
        Command = config?.Command is { Count: > 0 } command ? [.. command] : null,
        WorkingDirectory = WorkingDirectory(config?.WorkingDirectory),
    };

    private static string? WorkingDirectory(string? directory)
    {
        Refuse(directory is { Length: > 0 } && directory[0] != '/', $"The working directory {directory} is not an absolute path.");
        return string.IsNullOrEmpty(directory) ? null : directory;
    }

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
        {
            throw new InvalidParameterValueException(message);
        }
    }
}
