using System.Diagnostics;
using Petrel.Packaging;

namespace Petrel.Bench.Load;

/// <summary>AWS's own runtime client for Node.js (<c>aws-lambda-ric</c>), unmodified, as the bootstrap of a function.</summary>
internal static class RuntimeClient
{
    private const string Name = "aws-lambda-ric";
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Hello over the HTTP Runtime API. The client is installed once: it compiles its native half for some minutes.</summary>
    public static async Task<SampleFunction> HelloAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var client = await InstallAsync(context, cancellationToken);
        var staging = Directory.CreateTempSubdirectory("petrel-bench-ric-").FullName;
        try
        {
            var modules = Path.Combine(staging, "node_modules", Name);
            foreach (var part in (string[])["bin", "dist"])
            {
                BenchFiles.Copy(Path.Combine(client, part), Path.Combine(modules, part));
            }

            File.Copy(Path.Combine(client, "package.json"), Path.Combine(modules, "package.json"));
            await File.WriteAllTextAsync(Path.Combine(staging, "index.js"), SampleFunction.NodeHelloCode, cancellationToken);
            var bootstrap = Path.Combine(staging, "bootstrap");
            await File.WriteAllTextAsync(bootstrap, $"#!/bin/sh\nexec node node_modules/{Name}/bin/index.mjs \"$_HANDLER\"\n", cancellationToken);
            File.SetUnixFileMode(bootstrap, Executable);
            return new SampleFunction("provided.al2023", "index.handler", ZipPackage.Create(staging));
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private static async Task<string> InstallAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(context.Root, "artifacts", Name);
        var client = Path.Combine(folder, "node_modules", Name);
        if (!Directory.Exists(Path.Combine(client, "dist")))
        {
            context.Progress("installing AWS's runtime client, which compiles for some minutes");
            var start = new ProcessStartInfo("npm", ["install", "--no-audit", "--no-fund", "--silent", "--prefix", folder, Name]);
            using var npm = Process.Start(start)!;
            await npm.WaitForExitAsync(cancellationToken);
            if (npm.ExitCode != 0)
            {
                throw new InvalidOperationException($"npm could not install {Name}; it ended with {npm.ExitCode}.");
            }
        }

        return client;
    }
}
