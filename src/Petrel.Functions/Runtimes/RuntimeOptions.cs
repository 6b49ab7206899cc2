namespace Petrel.Functions.Runtimes;

/// <summary>Where runtimes are.</summary>
public sealed record RuntimeOptions
{
    /// <summary>The folder of our bootstraps (<c>runtimes/</c>); by default beside the daemon, or above it in a source tree.</summary>
    public string Bootstraps { get; init; } = FindBootstraps();

    /// <summary>
    /// Folders with further versions, one subfolder each: <c>nodejs24/bin/node</c>, <c>python3.14/bin/python3</c>. They come before the
    /// system's own.
    /// </summary>
    public IReadOnlyList<string> Further { get; init; } = [];

    /// <summary>Where version managers (pyenv, nvm, uv) keep what they installed; null looks for none.</summary>
    public string? Home { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>Where what is compiled from the bootstraps is kept; by default beside the daemon.</summary>
    public string Compiled { get; init; } = Path.Combine(AppContext.BaseDirectory, "compiled");

    /// <summary>Where the versions that programs told are kept between starts; null keeps none.</summary>
    public string? VersionCache { get; init; }

    /// <summary>Where adapters keep files that sandboxes are started with; null: nowhere, so that what needs one takes a true start.</summary>
    public string? StateDirectory { get; init; }

    private static string FindBootstraps()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "runtimes");
            if (File.Exists(Path.Combine(candidate, "node", "bootstrap.js")))
            {
                return candidate;
            }
        }

        return Path.Combine(AppContext.BaseDirectory, "runtimes");
    }
}
