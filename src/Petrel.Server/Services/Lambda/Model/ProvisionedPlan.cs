using Petrel.Aws.Lambda;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>How provisioned concurrency is shared out and bounded. Pure.</summary>
internal static class ProvisionedPlan
{
    /// <summary>The versions of a configuration with their instances; an alias with two versions shares by its weights.</summary>
    public static IEnumerable<(string Version, int Instances)> Share(ProvisionedRecord config, AliasRecord? alias)
    {
        if (alias is null)
        {
            return [(config.Qualifier, config.Requested)];
        }

        if (alias.OtherVersion is null)
        {
            return [(alias.Version, config.Requested)];
        }

        var other = (int)Math.Round(config.Requested * alias.OtherWeight, MidpointRounding.AwayFromZero);
        return [(alias.Version, config.Requested - other), (alias.OtherVersion, other)];
    }

    /// <param name="function">The function's reservation, out of which its provisioned instances come.</param>
    /// <param name="unreserved">What the account has left without reservation and without what others have provisioned.</param>
    public static void CheckLimits(int requested, int? function, long unreserved)
    {
        if (function is { } reserved)
        {
            if (requested > reserved)
            {
                throw new InvalidParameterValueException(
                    "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function");
            }

            return;
        }

        if (requested > unreserved)
        {
            throw new InvalidParameterValueException(
                $"Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [{unreserved}].");
        }

        if (unreserved - requested < Limits.UnreservedConcurrency)
        {
            throw new InvalidParameterValueException(
                "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of "
                + $"[{Limits.UnreservedConcurrency}].");
        }
    }
}
