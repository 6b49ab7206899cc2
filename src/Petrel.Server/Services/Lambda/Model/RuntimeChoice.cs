using System.Collections.Frozen;
using Petrel.Aws.Lambda;
using Petrel.Functions;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>Which runtimes and architectures a function may have on this machine.</summary>
internal static class RuntimeChoice
{
    /// <summary>Identifiers that Lambda once had: they are known, and refused in other words than unknown ones.</summary>
    private static readonly FrozenSet<string> Retired = FrozenSet.Create(
        StringComparer.Ordinal,
        "nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x", "java8",
        "python2.7", "python3.6", "python3.7", "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "go1.x",
        "ruby2.5", "ruby2.7", "provided");

    /// <summary>Families whose programs are the same bytes on every machine.</summary>
    private static readonly FrozenSet<string> Portable = FrozenSet.Create(StringComparer.Ordinal, "nodejs", "python", "ruby", "java", "dotnet");

    /// <exception cref="InvalidParameterValueException">No function can have this runtime here.</exception>
    public static RuntimeInfo Check(string runtime, RuntimeCatalogue catalogue)
    {
        if (Retired.Contains(runtime))
        {
            throw new InvalidParameterValueException(
                $"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you "
                + "use a supported runtime while creating or updating functions.");
        }

        if (catalogue.Find(runtime) is not { } info)
        {
            var known = string.Join(", ", catalogue.All.Select(known => known.Identifier));
            throw new InvalidParameterValueException(
                $"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{known}] or be a valid ARN");
        }

        return info.Available
            ? info
            : throw new InvalidParameterValueException($"The runtime {runtime} does not run on this machine. {info.Problem}");
    }

    /// <summary>Only a program's start command may have blanks.</summary>
    public static void CheckHandler(string handler, RuntimeInfo runtime)
    {
        if (!runtime.ServesHttp && handler.Contains(' ', StringComparison.Ordinal))
        {
            throw CommonException.Validation(
                $"1 validation error detected: Value '{handler}' at 'handler' failed to satisfy constraint: Member must satisfy regular "
                + $"expression pattern: {LambdaPatterns.Handler}");
        }
    }

    /// <exception cref="InvalidParameterValueException">Code of this architecture does not run here.</exception>
    public static void CheckArchitecture(string architecture, RuntimeInfo runtime, string machine)
    {
        if (architecture != machine && !Portable.Contains(runtime.Family))
        {
            throw new InvalidParameterValueException(
                $"The architecture {architecture} does not run on this machine, which is {machine}, with the runtime {runtime.Identifier}.");
        }
    }

    /// <param name="variables">The function's own; null for none.</param>
    public static void CheckConcurrency(IReadOnlyDictionary<string, string>? variables, RuntimeInfo runtime)
    {
        if (variables is null || !variables.TryGetValue(InstanceConcurrency.Variable, out var text))
        {
            return;
        }

        if (!InstanceConcurrency.TryParse(text, runtime.Family, out var concurrency))
        {
            throw new InvalidParameterValueException(
                $"The variable {InstanceConcurrency.Variable} says how many invocations an instance runs at a time: 1 to {InstanceConcurrency.MostOf(runtime.Family)}; not '{text}'.");
        }

        if (concurrency > 1 && !InstanceConcurrency.IsSupportedBy(runtime.Family))
        {
            throw new InvalidParameterValueException(
                $"{runtime.Identifier} runs one invocation at a time: {InstanceConcurrency.Variable} above 1 is for {InstanceConcurrency.Supported}.");
        }
    }
}
