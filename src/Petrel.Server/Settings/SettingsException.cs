namespace Petrel.Server.Settings;

/// <summary>Settings that cannot be used. Every problem names its key and where it was given.</summary>
public sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
