using System.Globalization;

namespace Petrel.Functions;

/// <summary>
/// How many invocations one instance of a function runs at the same time: what a variable of the function says, else one, and for programs that
/// serve HTTP by their nature as many as on Cloud Run.
/// </summary>
public static class InstanceConcurrency
{
    /// <summary>The variable by which Lambda's managed instances tell a runtime the same; here the function sets it.</summary>
    public const string Variable = "AWS_LAMBDA_MAX_CONCURRENCY";

    /// <summary>Lambda's default of a Node.js environment with one processor.</summary>
    private const int MostOfLanguages = 64;

    /// <summary>Cloud Run's default and maximum.</summary>
    private const int DefaultOfServers = 80, MostOfServers = 1000;

    /// <summary>Of a program that serves HTTP by its nature.</summary>
    private static readonly string[] Servers = ["http", "azure-custom"];

    private static readonly string[] Families = ["nodejs", "google-nodejs", "google-python", "openwhisk", "openwhisk-nodejs", "openwhisk-python", .. Servers];

    /// <summary>The families of runtimes that can, for messages.</summary>
    public static string Supported => string.Join(", ", Families);

    /// <param name="family">Of the runtime, as in <see cref="RuntimeInfo.Family"/>.</param>
    public static bool IsSupportedBy(string family) => Families.Contains(family, StringComparer.Ordinal);

    public static int MostOf(string family) => family == "nodejs" ? MostOfLanguages : MostOfServers;

    public static bool TryParse(string? text, string family, out int concurrency) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out concurrency) && concurrency >= 1 && concurrency <= MostOf(family);

    /// <summary>What was checked when the function was made.</summary>
    /// <param name="runtime">The identifier.</param>
    public static int Of(IReadOnlyDictionary<string, string> environment, string runtime) =>
        environment.TryGetValue(Variable, out var text) && TryParse(text, "", out var concurrency) ? concurrency
        : Servers.Contains(runtime, StringComparer.Ordinal) ? DefaultOfServers : 1;
}
