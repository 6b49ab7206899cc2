using System.Diagnostics.Metrics;

namespace Petrel.Server.Services.Lambda.Async;

/// <summary>What happens to asynchronous events, under the meter <c>Petrel.Lambda</c>.</summary>
internal static class AsyncMetrics
{
    private static readonly Meter Meter = new("Petrel.Lambda");

    /// <summary>Events that are durable and were acknowledged.</summary>
    public static readonly Counter<long> Accepted = Meter.CreateCounter<long>("petrel.lambda.async.accepted");

    public static readonly Counter<long> Succeeded = Meter.CreateCounter<long>("petrel.lambda.async.succeeded");

    /// <summary>Errors of functions after which the event will be tried again.</summary>
    public static readonly Counter<long> Retried = Meter.CreateCounter<long>("petrel.lambda.async.retried");

    /// <summary>Attempts that were not started: a limit was reached, or no instance could be made.</summary>
    public static readonly Counter<long> Refused = Meter.CreateCounter<long>("petrel.lambda.async.refused");

    /// <summary>Events that were given up, by <c>condition</c>.</summary>
    public static readonly Counter<long> GivenUp = Meter.CreateCounter<long>("petrel.lambda.async.given_up");

    /// <summary>From acceptance to the start of the first attempt.</summary>
    public static readonly Histogram<double> WaitSeconds = Meter.CreateHistogram<double>("petrel.lambda.async.wait", "s");
}
