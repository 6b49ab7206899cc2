namespace Petrel.Server.Security;

/// <summary>Whether the installation has root keys of its own; without, everybody knows the one that opens it from this machine.</summary>
internal sealed record InstallationKeys(bool Generated);
