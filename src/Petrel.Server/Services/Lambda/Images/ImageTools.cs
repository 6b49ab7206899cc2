using System.ComponentModel;
using System.Diagnostics;
using Petrel.Functions;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Settings;

namespace Petrel.Server.Services.Lambda.Images;

/// <summary>skopeo speaks with registries and reads archives, umoci unpacks layers; each runs as a process of its own, for a limited time.</summary>
internal sealed class ImageTools(PetrelOptions options)
{
    private static readonly TimeSpan InspectLimit = TimeSpan.FromSeconds(30);

    /// <summary>A gigabyte over a slow line.</summary>
    private static readonly TimeSpan CopyLimit = TimeSpan.FromMinutes(15);

    private static readonly string[] ForThisMachine = ["--override-os", "linux", "--override-arch", Machine.Architecture == "arm64" ? "arm64" : "amd64"];

    private readonly HashSet<string> _insecure = [.. options.Images.InsecureRegistries.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private readonly Dictionary<string, string> _mirrors = options.Images.Mirrors
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);

    /// <summary>The folder of the archives that functions may name.</summary>
    private string Archives => Path.Combine(Path.GetFullPath(options.Storage.Data), "images");

    /// <summary>What the image is called now: the digest of its manifest.</summary>
    public async Task<string> DigestAsync(ImageReference image, CancellationToken cancellationToken)
    {
        string[] arguments = ["inspect", .. ForThisMachine, "--no-tags", "--format", "{{.Digest}}", .. Access(image, ""), Source(image)];
        return (await RunAsync("skopeo", arguments, InspectLimit, cancellationToken)).Trim();
    }

    /// <summary>Copies the image, its layers verified by their digests, into an archive of the open format.</summary>
    public Task CopyAsync(ImageReference image, string archive, CancellationToken cancellationToken) => RunAsync(
        "skopeo", ["copy", "--quiet", .. ForThisMachine, .. Access(image, "src-"), Source(image), $"oci-archive:{archive}:{ImageLayout.Tag}"], CopyLimit, cancellationToken);

    /// <summary>Makes the image's file system of its layers. Owners and devices are left out: a function runs as a user of its own.</summary>
    public Task UnpackAsync(string layout, string target, CancellationToken cancellationToken) => RunAsync(
        "umoci", ["raw", "unpack", "--rootless", "--image", $"{layout}:{ImageLayout.Tag}", target], CopyLimit, cancellationToken);

    private string Source(ImageReference image)
    {
        if (image.IsArchive)
        {
            return $"{image.Transport}:{Path.Combine(Archives, image.Name)}";
        }

        var used = image with { Registry = _mirrors.GetValueOrDefault(image.Registry, image.Registry), Tag = image.Digest is null ? image.Tag : null };
        return $"docker://{used}";
    }

    private IEnumerable<string> Access(ImageReference image, string prefix)
    {
        if (image.IsArchive)
        {
            return [];
        }

        var registry = _mirrors.GetValueOrDefault(image.Registry, image.Registry);
        var host = registry.Split(':')[0];
        var plain = _insecure.Contains(registry) || host is "localhost" or "127.0.0.1";
        return [.. plain ? [$"--{prefix}tls-verify=false"] : Array.Empty<string>(), .. options.Images.AuthFile is { } file ? [$"--{(prefix.Length == 0 ? "" : prefix)}authfile", file] : Array.Empty<string>()];
    }

    /// <exception cref="ImageToolException">It failed; the message is its own last line.</exception>
    private static async Task<string> RunAsync(string program, string[] arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(limit);
        using var process = Start(program, arguments);
        try
        {
            var error = process.StandardError.ReadToEndAsync(timer.Token);
            var output = await process.StandardOutput.ReadToEndAsync(timer.Token);
            await process.WaitForExitAsync(timer.Token);
            return process.ExitCode == 0 ? output : throw new ImageToolException(LastLine(await error));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new ImageToolException($"{program} was not done after {limit.TotalSeconds:0} s");
        }
    }

    private static Process Start(string program, string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception e)
        {
            throw new FunctionStartException("InvalidImage", $"{program} is not installed on this machine, and images need it: sudo apt-get install skopeo umoci", e);
        }
    }

    private static string LastLine(string text)
    {
        var line = text.Trim().Split('\n')[^1];
        var message = line.IndexOf("msg=\"", StringComparison.Ordinal);
        return message < 0 ? line : line[(message + 5)..].TrimEnd('"').Replace("\\\"", "\"", StringComparison.Ordinal);
    }
}

/// <summary>A tool could not do what it was asked.</summary>
internal sealed class ImageToolException(string message) : Exception(message)
{
    /// <summary>The registry knows no such image.</summary>
    public bool IsMissing => Says("manifest unknown") || Says("name unknown") || Says("not found") || Says("no such file") || Says("404");

    /// <summary>The registry does not let this installation read it.</summary>
    public bool IsDenied => Says("unauthorized") || Says("denied") || Says("authentication required") || Says("401") || Says("403");

    private bool Says(string words) => Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
