using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>What a function's settings may be, beyond what the shapes of the requests say.</summary>
internal static partial class Configuration
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Variables that Lambda sets itself.</summary>
    private static readonly HashSet<string> ReservedVariables = new(StringComparer.Ordinal)
    {
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
    };

    public static void CheckSizes(int? memoryMb, int? timeoutSeconds)
    {
        if (memoryMb > Limits.MemoryMb)
        {
            throw new InvalidParameterValueException(
                $"'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to {Limits.MemoryMb}");
        }

        if (timeoutSeconds > Limits.TimeoutSeconds)
        {
            throw CommonException.Validation(
                $"1 validation error detected: Value '{timeoutSeconds}' at 'timeout' failed to satisfy constraint: "
                + $"Member must have value less than or equal to {Limits.TimeoutSeconds}");
        }
    }

    /// <summary>The variables of a request; empty when it names an environment without any.</summary>
    public static Dictionary<string, string>? CheckEnvironment(FunctionEnvironment? environment)
    {
        if (environment is null)
        {
            return null;
        }

        var variables = environment.Variables ?? [];
        if (variables.Keys.Any(name => !VariableName().IsMatch(name)))
        {
            var quoted = string.Join(", ", variables.Select(pair => $"{pair.Key}={pair.Value}"));
            throw CommonException.Validation(
                $"1 validation error detected: Value '{{{quoted}}}' at 'environment.variables' failed to satisfy constraint: "
                + "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]");
        }

        var reserved = variables.Keys.Where(ReservedVariables.Contains).ToArray();
        if (reserved.Length > 0)
        {
            throw new InvalidParameterValueException(
                "Lambda was unable to configure your environment variables because the environment variables you have provided contains "
                + $"reserved keys that are currently not supported for modification. Reserved keys used in this request: {string.Join(", ", reserved)}");
        }

        if (variables.TryGetValue(FunctionEgressNames.Variable, out var egress) && !FunctionEgressNames.TryParse(egress, out _))
        {
            throw new InvalidParameterValueException(
                $"The variable {FunctionEgressNames.Variable} says where a function may connect to: {FunctionEgressNames.All}; not '{egress}'.");
        }

        var measured = JsonSerializer.Serialize(variables, Compact);
        return Encoding.UTF8.GetByteCount(measured) <= Limits.EnvironmentBytes
            ? variables
            : throw new InvalidParameterValueException(
                "Lambda was unable to configure your environment variables because the environment variables you have provided exceeded "
                + $"the 4KB limit. String measured: {measured}");
    }

    /// <summary>The logging settings of a request over those in force; log levels exist for JSON only.</summary>
    public static LoggingRecord ApplyLogging(LoggingConfig? asked, LoggingRecord current)
    {
        if (asked is null)
        {
            return current;
        }

        var format = asked.LogFormat ?? current.Format;
        var group = asked.LogGroup ?? current.LogGroup;
        if (format == "JSON")
        {
            return new LoggingRecord(
                format,
                group,
                asked.ApplicationLogLevel ?? current.ApplicationLevel ?? "INFO",
                asked.SystemLogLevel ?? current.SystemLevel ?? "INFO");
        }

        return asked.ApplicationLogLevel is null && asked.SystemLogLevel is null
            ? new LoggingRecord(format, group)
            : throw new InvalidParameterValueException("To set a log level, set LogFormat to JSON.");
    }

    public static void CheckTags(IReadOnlyDictionary<string, string>? tags)
    {
        if (tags is null)
        {
            return;
        }

        if (tags.Count > Limits.Tags)
        {
            throw new InvalidParameterValueException("Number of tags exceeds resource tag limit.");
        }

        foreach (var (key, value) in tags)
        {
            if (key.Length is 0 or > Limits.TagKeyLength || value.Length > Limits.TagValueLength
                || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidParameterValueException($"The tag '{key}' is invalid: keys have 1 to {Limits.TagKeyLength} characters and "
                    + $"do not begin with 'aws:', values have up to {Limits.TagValueLength}.");
            }
        }
    }

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9_]+$", RegexOptions.NonBacktracking)]
    private static partial Regex VariableName();
}
