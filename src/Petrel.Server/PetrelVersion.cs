using System.Reflection;

namespace Petrel.Server;

/// <summary>The version of this build, as answers and telemetry say it.</summary>
public static class PetrelVersion
{
    public static string Current { get; } =
        typeof(PetrelVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
