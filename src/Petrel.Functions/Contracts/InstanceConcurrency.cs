using System.Globalization;

namespace Petrel.Functions;

/// <summary>How many invocations one instance of a function runs at the same time: what a variable of the function says, else one.</summary>
public static class InstanceConcurrency
{
    /// <summary>The variable by which Lambda's managed instances tell a runtime the same; here the function sets it.</summary>
    public const string Variable = "AWS_LAMBDA_MAX_CONCURRENCY";

    /// <summary>Lambda's default of a Node.js environment with one processor.</summary>
    public const int Most = 64;

    private static readonly string[] Families = ["nodejs", "http", "google-nodejs", "google-python"];

    /// <summary>The families of runtimes that can, for messages.</summary>
    public static string Supported => string.Join(", ", Families);

    /// <param name="family">Of the runtime, as in <see cref="RuntimeInfo.Family"/>.</param>
    public static bool IsSupportedBy(string family) => Families.Contains(family, StringComparer.Ordinal);

    public static bool TryParse(string? text, out int concurrency) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out concurrency) && concurrency is >= 1 and <= Most;

    /// <summary>What was checked when the function was made.</summary>
    public static int Of(IReadOnlyDictionary<string, string> environment) =>
        environment.TryGetValue(Variable, out var text) && TryParse(text, out var concurrency) ? concurrency : 1;
}
