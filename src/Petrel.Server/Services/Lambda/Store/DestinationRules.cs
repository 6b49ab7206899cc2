using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Where records of asynchronous invocations may go: another function; queues, topics and buses are refused by name until they are here.</summary>
internal static class DestinationRules
{
    private static readonly HashSet<string> Services = new(StringComparer.Ordinal) { "lambda", "sqs", "sns", "events", "s3" };

    public static async ValueTask CheckAsync(IReadTransaction tx, string operation, FunctionKey source, DestinationConfig? destinations)
    {
        await CheckAsync(tx, operation, source, destinations, destinations?.OnSuccess?.Arn, "DestinationConfig.OnSuccess");
        await CheckAsync(tx, operation, source, destinations, destinations?.OnFailure?.Arn, "DestinationConfig.OnFailure");
    }

    private static async ValueTask CheckAsync(
        IReadTransaction tx,
        string operation,
        FunctionKey source,
        DestinationConfig? destinations,
        string? arn,
        string member)
    {
        if (string.IsNullOrEmpty(arn))
        {
            return;
        }

        var service = arn.Split(':') is [_, _, var named, ..] ? named : "";
        if (!Services.Contains(service))
        {
            throw new InvalidParameterValueException($"The provided destination config {Describe(destinations!)} is invalid.");
        }

        if (service != "lambda")
        {
            throw Unsupported.Member(operation, $"{member} of {service}");
        }

        if (FunctionRef.TryParse(arn) is not { Account: { } account, Region: { } region } target
            || await FunctionStore.GetAsync(tx, new FunctionKey(account, region, target.Name)) is not { } function
            || await VersionLookup.FindAsync(tx, function, target.Qualifier) is null)
        {
            throw new InvalidParameterValueException($"The destination ARN {arn} is invalid.");
        }

        if (function.Key == source)
        {
            throw new InvalidParameterValueException("You can't specify the function as a destination for itself.");
        }
    }

    /// <summary>As Lambda quotes it.</summary>
    private static string Describe(DestinationConfig config) =>
        $"DestinationConfig(onSuccess={Describe("OnSuccess", config.OnSuccess)}, onFailure={Describe("OnFailure", config.OnFailure)})";

    private static string Describe(string name, Destination? destination) =>
        destination is null ? "null" : $"{name}(destination={destination.Arn ?? "null"})";
}
