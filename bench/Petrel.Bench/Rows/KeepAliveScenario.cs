using System.Runtime.CompilerServices;
using Petrel.Testing.KeepAlive;

namespace Petrel.Bench.Rows;

/// <summary>
/// The fleet's keep-alive policy against a fixed ten minutes, on a synthetic trace with the distributions published of Azure Functions in 2019.
/// Nothing is started: the policy's own code decides over the trace's clock.
/// </summary>
internal sealed class KeepAliveScenario : IScenario
{
    private const int Apps = 1_000;
    private const int Seed = 2019;

    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    public string Name => "keepalive";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        context.Progress($"two weeks of {Apps:N0} applications");
        var (plain, hybrid) = await Task.Run(
            () =>
            {
                var apps = new AzureTrace(Seed).Apps(Apps);
                return (KeepAliveSimulation.Fixed(apps, TenMinutes), KeepAliveSimulation.Hybrid(apps, TenMinutes));
            },
            cancellationToken);
        yield return new Row("keep-alive by idle times: cold starts, against a fixed ten minutes", Share(hybrid.ColdStarts, plain.ColdStarts), "×", 0.7, 0.5)
        {
            Note = $"{hybrid.ColdStarts:N0} against {plain.ColdStarts:N0} of {plain.Invocations:N0} invocations",
        };
        yield return new Row("the same: memory of idle instances", Share(hybrid.IdleMbMinutes, plain.IdleMbMinutes), "×", 1, 1)
        {
            Note = $"{AverageGb(hybrid):0.0} against {AverageGb(plain):0.0} GB on average",
        };
    }

    private static double Share(double part, double whole) => part / whole;

    private static double AverageGb(KeepAliveCost cost) => cost.IdleMbMinutes / AzureTrace.Length.TotalMinutes / 1024;
}
