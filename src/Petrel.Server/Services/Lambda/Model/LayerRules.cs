using System.Collections.Frozen;
using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>What layers may say of themselves.</summary>
internal static class LayerRules
{
    /// <summary>Layers are data: they may name every identifier that Lambda ever had, whether it runs here or not.</summary>
    private static readonly FrozenSet<string> Runtimes = FrozenSet.Create(
        StringComparer.Ordinal,
        "nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x", "nodejs16.x",
        "nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x", "java8", "java8.al2", "java11", "java17", "java21", "java25", "python2.7",
        "python3.6", "python3.7", "python3.8", "python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14",
        "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet6", "dotnet8", "dotnet10", "go1.x", "ruby2.5", "ruby2.7",
        "ruby3.2", "ruby3.3", "ruby3.4", "ruby4.0", "provided", "provided.al2", "provided.al2023");

    public static void Check(PublishLayerVersionRequest request)
    {
        if (request.CompatibleRuntimes is { } runtimes && !runtimes.TrueForAll(Runtimes.Contains))
        {
            throw Invalid($"[{string.Join(", ", runtimes)}]", "compatibleRuntimes");
        }
    }

    public static void CheckRuntime(string? runtime)
    {
        if (runtime is not null && !Runtimes.Contains(runtime))
        {
            throw Invalid(runtime, "compatibleRuntime");
        }
    }

    public static void CheckNumber(long version)
    {
        if (version < 1)
        {
            throw new InvalidParameterValueException("Layer Version Cannot be less than 1");
        }
    }

    public static bool Matches(LayerVersionRecord version, string? runtime, string? architecture) =>
        (runtime is null || version.CompatibleRuntimes?.Contains(runtime) == true)
        && (architecture is null || version.CompatibleArchitectures?.Contains(architecture) == true);

    private static CommonException Invalid(string value, string member) => CommonException.Validation(
        $"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must satisfy enum value set: "
        + $"[{string.Join(", ", Runtimes.Order(StringComparer.Ordinal))}]");
}
