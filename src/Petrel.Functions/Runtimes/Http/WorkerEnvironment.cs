using System.Globalization;
using Petrel.Functions.Runtimes.Catalogue;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>The variables of programs that serve HTTP, which the function's own may replace: those of the Cloud Run contract, and a path to find programs.</summary>
internal static class WorkerEnvironment
{
    /// <summary>Programs that the code brings come first: npm's and pip's commands.</summary>
    private const string SearchPath = "/var/task/node_modules/.bin:/var/task/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin";

    public static Dictionary<string, string> Build(
        FunctionSpec function, RuntimeInfo runtime, WorkerSettings settings, IReadOnlyDictionary<string, string> family)
    {
        var prefix = new InstalledProgram(runtime.Family, runtime.Program!, new Version()).Prefix;
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [WorkerSettings.PortVariable] = settings.Port.ToString(CultureInfo.InvariantCulture),
            ["K_SERVICE"] = function.Name,
            ["K_CONFIGURATION"] = function.Name,
            ["K_REVISION"] = $"{function.Name}-{function.Version.TrimStart('$')}",
            ["HOME"] = "/tmp",
            ["PATH"] = prefix is null ? SearchPath : $"{prefix}/bin:{SearchPath}",
        };
        foreach (var (name, value) in family)
        {
            environment[name] = value;
        }

        return environment;
    }
}
