namespace Petrel.Functions;

/// <summary>A container image as a function runs it: its files take the place of the machine's, and it says itself what is started.</summary>
/// <param name="RootDirectory">The unpacked file system on this machine, read-only and shared by all functions with this image.</param>
/// <param name="Command">Entry point and arguments, what the function overrides already in them.</param>
/// <param name="WorkingDirectory">Absolute, inside.</param>
/// <param name="Environment">The image's own variables; the function's win.</param>
public sealed record ImageSpec(
    string RootDirectory, IReadOnlyList<string> Command, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Stands as the runtime of a function that is an image; no identifier that anybody can ask for.</summary>
    public const string Runtime = "image";

    /// <summary>It needs nothing of this machine but its processor.</summary>
    public static RuntimeInfo RuntimeInfo { get; } = new(Runtime, Runtime, Program: "/", InstalledVersion: null, Exact: true, Problem: null);
}
