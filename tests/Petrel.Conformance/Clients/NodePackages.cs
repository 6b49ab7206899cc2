using System.Diagnostics;
using System.Security.Cryptography;

namespace Petrel.Conformance;

/// <summary>Packages of npm, fetched once into folders that later runs find again.</summary>
internal static class NodePackages
{
    /// <param name="source">A folder with <c>package.json</c> and <c>package-lock.json</c>.</param>
    /// <returns>The folder with <c>node_modules</c>.</returns>
    public static async Task<string> InstallAsync(string source)
    {
        var manifest = await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(manifest))[..12];
        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "petrel", "node-" + hash);
        if (!File.Exists(Path.Combine(home, "complete")))
        {
            Directory.CreateDirectory(home);
            foreach (var file in new[] { "package.json", "package-lock.json" })
            {
                File.Copy(Path.Combine(source, file), Path.Combine(home, file), overwrite: true);
            }

            var install = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"]) { WorkingDirectory = home })!;
            await install.WaitForExitAsync();
            Assert.Equal(0, install.ExitCode);
            await File.WriteAllTextAsync(Path.Combine(home, "complete"), "");
        }

        return home;
    }
}
