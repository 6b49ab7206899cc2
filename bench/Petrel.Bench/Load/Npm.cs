using System.Diagnostics;

namespace Petrel.Bench.Load;

/// <summary>Packages of the npm registry that benchmarks need, installed once under artifacts.</summary>
internal static class Npm
{
    /// <returns>The folder that has them in its node_modules; null when the registry does not have them.</returns>
    public static async Task<string?> InstallAsync(BenchContext context, string name, string[] packages, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(context.Root, "artifacts", "bench-npm", name);
        var done = Path.Combine(folder, "installed");
        if (File.Exists(done))
        {
            return folder;
        }

        context.Progress($"installing {string.Join(", ", packages)}");
        Directory.CreateDirectory(folder);
        using var npm = Process.Start(new ProcessStartInfo(
            "npm", ["install", "--no-audit", "--no-fund", "--silent", "--prefix", folder, .. packages])
        { RedirectStandardError = true })!;
        var error = await npm.StandardError.ReadToEndAsync(cancellationToken);
        await npm.WaitForExitAsync(cancellationToken);
        if (npm.ExitCode != 0)
        {
            context.Progress($"npm could not install {name}: {error.Trim().Split('\n')[^1]}");
            return null;
        }

        await File.WriteAllTextAsync(done, "", cancellationToken);
        return folder;
    }
}
