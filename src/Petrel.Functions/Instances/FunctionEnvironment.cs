using System.Globalization;
using Petrel.Functions.Runtimes.Catalogue;
using Petrel.Functions.Sandboxes;

namespace Petrel.Functions.Instances;

/// <summary>
/// The one place that makes a function's environment. Later ones win: Lambda's defaults, what the runtime needs, the function's own
/// variables, and what nobody may change.
/// </summary>
internal static class FunctionEnvironment
{
    /// <summary>The platform, from inside a sandbox.</summary>
    private const string Endpoint = "http://localhost:4566";

    /// <summary>What container engines give an image that names no PATH.</summary>
    private static readonly Dictionary<string, string> ImageDefaults = new(StringComparer.Ordinal)
    {
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    };

    public static Dictionary<string, string> Build(
        FunctionSpec spec, LaunchPlan plan, FunctionCredentials credentials, string streamName, string initializationType)
    {
        var environment = spec.Image is null ? Defaults() : new Dictionary<string, string>(ImageDefaults, StringComparer.Ordinal);
        environment["AWS_ENDPOINT_URL"] = Endpoint;
        environment["AWS_XRAY_CONTEXT_MISSING"] = "LOG_ERROR";
        Add(environment, plan.Environment);
        Add(environment, spec.Environment);
        AddReserved(environment, spec, streamName, initializationType);
        environment["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyId;
        environment["AWS_SECRET_ACCESS_KEY"] = credentials.SecretAccessKey;
        environment["AWS_SESSION_TOKEN"] = credentials.SessionToken;
        return environment;
    }

    /// <summary>
    /// That of a process whose function is not known yet: what programs read when they start, which is the same for all functions. When the
    /// process becomes one, <see cref="Build"/>'s take the place of all of these.
    /// </summary>
    public static Dictionary<string, string> Blank(LaunchPlan plan)
    {
        var environment = Defaults();
        Add(environment, plan.Environment);
        environment["PETREL_WARM"] = "1";
        return environment;
    }

    /// <summary>What such a process still needs to become the function: setting a variable costs some of them ten microseconds.</summary>
    public static Dictionary<string, string> Late(IReadOnlyDictionary<string, string> environment, LaunchPlan plan)
    {
        var late = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        foreach (var (name, value) in Defaults())
        {
            if (!plan.Environment.ContainsKey(name) && environment.GetValueOrDefault(name) == value)
            {
                late.Remove(name);
            }
        }

        foreach (var (name, value) in plan.Environment)
        {
            if (environment.GetValueOrDefault(name) == value)
            {
                late.Remove(name);
            }
        }

        return late;
    }

    private static Dictionary<string, string> Defaults() => new(64, StringComparer.Ordinal)
    {
        ["LANG"] = "en_US.UTF-8",
        ["TZ"] = ":UTC",
        ["PATH"] = "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        ["LD_LIBRARY_PATH"] = "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
    };

    private static void AddReserved(Dictionary<string, string> environment, FunctionSpec spec, string streamName, string initializationType)
    {
        environment["_HANDLER"] = spec.Handler;
        environment["AWS_REGION"] = spec.Region;
        environment["AWS_DEFAULT_REGION"] = spec.Region;
        environment["AWS_LAMBDA_FUNCTION_NAME"] = spec.Name;
        environment["AWS_LAMBDA_FUNCTION_VERSION"] = spec.Version;
        environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = spec.MemoryMb.ToString(CultureInfo.InvariantCulture);
        environment["AWS_LAMBDA_INITIALIZATION_TYPE"] = initializationType;
        environment["AWS_LAMBDA_LOG_GROUP_NAME"] = spec.LogGroup;
        environment["AWS_LAMBDA_LOG_STREAM_NAME"] = streamName;
        environment["LAMBDA_TASK_ROOT"] = "/var/task";
        environment["LAMBDA_RUNTIME_DIR"] = "/var/runtime";
        if (spec.Image is null && RuntimeIdentifier.OfLambdaLanguage(spec.Runtime))
        {
            environment["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + spec.Runtime;
        }

        if (spec.JsonLogs)
        {
            environment["AWS_LAMBDA_LOG_FORMAT"] = "JSON";
        }

        if (spec.LogLevel is { } level)
        {
            environment["AWS_LAMBDA_LOG_LEVEL"] = level;
        }
    }

    private static void Add(Dictionary<string, string> environment, IReadOnlyDictionary<string, string> more)
    {
        foreach (var (name, value) in more)
        {
            environment[name] = value;
        }
    }
}
