using Petrel.Server.Settings;
using Petrel.Terminal;

namespace Petrel.Machine;

/// <summary>A Debian package, the program that it brings, and what that is for.</summary>
internal sealed record DebianPackage(string Scope, string Program, string Name, string Purpose);

/// <summary>The packages that Petrel uses (<c>eng/packages.tsv</c>, which ./test reads too), and their installation.</summary>
internal sealed class DebianPackages(EnvironmentReader environment)
{
    private static readonly DebianPackage[] All = Read();

    public static IEnumerable<DebianPackage> ForRunning => [.. Of("run"), .. Of("build")];

    /// <summary>Installs what a scope needs and this machine lacks.</summary>
    /// <param name="again">What the user calls once the packages are there.</param>
    /// <exception cref="CliException">They are missing and cannot be installed from here; it names the command that does.</exception>
    public async Task PrepareAsync(string scope, string again, Output output, CancellationToken cancellationToken)
    {
        DebianPackage[] missing = [.. Of(scope).Where(p => Find(p.Program) is null)];
        if (missing.Length == 0)
        {
            return;
        }

        if (!CanInstall)
        {
            var list = string.Join('\n', missing.Select(p => $"{p.Name} is missing; it {p.Purpose}"));
            throw new CliException(list, $"{InstallCommand(missing)}; then {again} again");
        }

        await InstallAsync(missing, output, cancellationToken);
    }

    /// <summary>Where a program lies; null when it is not installed.</summary>
    public string? Find(string program) =>
        environment.ProgramFolders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    public bool CanInstall => Environment.IsPrivilegedProcess && Find("apt-get") is not null;

    /// <summary>What a person types to install them.</summary>
    public static string InstallCommand(IEnumerable<DebianPackage> packages) =>
        $"sudo apt-get update && sudo apt-get install -y --no-install-recommends {string.Join(' ', packages.Select(p => p.Name))}";

    /// <exception cref="CliException">They could not be installed; the message has the end of the installer's output.</exception>
    private async Task InstallAsync(IReadOnlyList<DebianPackage> packages, Output output, CancellationToken cancellationToken)
    {
        var names = string.Join(", ", packages.Select(p => p.Name));
        await output.WaitAsync($"Asking Debian for {names}", () => RunAsync(["update", "-q"], cancellationToken));
        await output.WaitAsync(
            $"Installing {names}",
            () => RunAsync([.. "install -y -q --no-install-recommends".Split(' '), .. packages.Select(p => p.Name)], cancellationToken));
        output.Step($"installed {names}");
    }

    private static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var apt = new ExternalProgram("apt-get") { Environment = { ["DEBIAN_FRONTEND"] = "noninteractive" } };
        var result = await apt.RunAsync(arguments, cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new CliException(
                $"apt-get {arguments[0]} failed:\n{string.Join('\n', result.Lines.TakeLast(15))}",
                "mend what it says, then run this again");
        }
    }

    private static IEnumerable<DebianPackage> Of(string scope) => All.Where(p => p.Scope == scope);

    private static DebianPackage[] Read()
    {
        using var list = new StreamReader(typeof(DebianPackages).Assembly.GetManifestResourceStream("packages.tsv")!);
        return [.. list.ReadToEnd().Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t'))
            .Select(parts => new DebianPackage(parts[0], parts[1], parts[2], parts[3]))];
    }
}
