using System.Runtime.InteropServices;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>What this machine is, in Lambda's words.</summary>
internal static class Machine
{
    public static string Architecture { get; } = RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64
        ? "arm64"
        : "x86_64";
}
