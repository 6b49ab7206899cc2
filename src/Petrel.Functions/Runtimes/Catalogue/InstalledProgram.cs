namespace Petrel.Functions.Runtimes.Catalogue;

/// <summary>A program of a language on this machine.</summary>
/// <param name="Path">As it is started; links are not resolved, so that a version manager's own layout stays.</param>
internal sealed record InstalledProgram(string Family, string Path, Version Version)
{
    /// <summary>The folder that holds all that belongs to the program; null for the system's own, which every sandbox sees.</summary>
    public string? Prefix => Path.StartsWith("/usr/", StringComparison.Ordinal) || Path.StartsWith("/bin/", StringComparison.Ordinal)
        ? null
        : System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(Path));
}
