using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Petrel.Functions.Runtimes.Catalogue;

/// <summary>
/// The versions of programs: from the folder that a version manager gave them, else told by the program itself, once: the answer is kept
/// as long as the file does not change.
/// </summary>
internal sealed partial class ProgramVersions(string? cacheFile)
{
    /// <summary>A program that does not tell its version in this time is not one that can run functions.</summary>
    private static readonly TimeSpan TellWithin = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Told> _told = Load(cacheFile);
    private bool _changed;

    /// <summary>Null when the program does not run.</summary>
    public Version? Of(string program)
    {
        if (InFolderName().Match(program) is { Success: true } match)
        {
            return Version.Parse(match.Groups[1].Value);
        }

        // A JDK says it in a file; the program would take longer to tell than all others together.
        var release = Path.Combine(Path.GetDirectoryName(program)!, "..", "release");
        if (Path.GetFileName(program) == "java" && File.Exists(release) && InReleaseFile().Match(File.ReadAllText(release)) is { Success: true } java)
        {
            return Version.Parse(java.Groups[1].Value + (java.Groups[1].Value.Contains('.', StringComparison.Ordinal) ? "" : ".0"));
        }

        // What stands behind the name: an update of the system replaces the target of a link.
        var file = new FileInfo(program);
        var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        var stamp = $"{target.FullName}|{target.LastWriteTimeUtc.Ticks}|{(target.Exists ? target.Length : 0)}";
        if (!_told.TryGetValue(program, out var told) || told.Stamp != stamp)
        {
            told = new Told(stamp, Ask(program));
            _told[program] = told;
            _changed = true;
        }

        return told.Version is null ? null : Version.Parse(told.Version);
    }

    /// <summary>Writes what was learnt; a folder that cannot be written costs only the asking next time.</summary>
    public void Save()
    {
        if (cacheFile is null || !_changed)
        {
            return;
        }

        try
        {
            var temporary = cacheFile + ".new";
            File.WriteAllText(temporary, JsonSerializer.Serialize(_told));
            File.Move(temporary, cacheFile, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _changed = true;
        }
    }

    private static Dictionary<string, Told> Load(string? cacheFile)
    {
        try
        {
            return cacheFile is not null && File.Exists(cacheFile)
                ? JsonSerializer.Deserialize<Dictionary<string, Told>>(File.ReadAllText(cacheFile)) ?? []
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    private static string? Ask(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            if (!process.WaitForExit(TellWithin))
            {
                process.Kill();
                return null;
            }

            var match = Number().Match(process.StandardOutput.ReadToEnd());
            return process.ExitCode == 0 && match.Success ? match.Value : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"/(?:v|cpython-)?(\d+\.\d+\.\d+)[^/]*/bin/[^/]+$", RegexOptions.None, 1000)]
    private static partial Regex InFolderName();

    [GeneratedRegex(@"^JAVA_VERSION=""(\d+(?:\.\d+){0,3})", RegexOptions.Multiline, 1000)]
    private static partial Regex InReleaseFile();

    [GeneratedRegex(@"\d+\.\d+(\.\d+)?", RegexOptions.None, 1000)]
    private static partial Regex Number();

    private sealed record Told(string Stamp, string? Version);
}
