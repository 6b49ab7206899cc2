namespace Petrel.Bench;

/// <summary>One line of the table: what was measured, and what it is held against.</summary>
/// <param name="Value">In <paramref name="Unit"/>.</param>
/// <param name="AtLeast">What it must reach; null for a figure that is only shown.</param>
/// <param name="LowerIsBetter">Latencies and sizes, against throughputs.</param>
internal sealed record Row(string What, double Value, string Unit, double? AtLeast = null, double? Aim = null, bool LowerIsBetter = true)
{
    public string Note { get; init; } = "";

    /// <summary>Null when there is nothing to hold it against.</summary>
    public Verdict? Verdict => (AtLeast, Aim) switch
    {
        (null, _) => null,
        (_, { } aim) when Reaches(aim) => Bench.Verdict.Aim,
        ({ } floor, _) when Reaches(floor) => Bench.Verdict.Floor,
        _ => Bench.Verdict.Short,
    };

    private bool Reaches(double limit) => LowerIsBetter ? Value <= limit : Value >= limit;
}

internal enum Verdict
{
    Aim,
    Floor,
    Short,
}

/// <summary>A group of rows that are measured together.</summary>
internal interface IScenario
{
    /// <summary>Selects it on the command line: <c>./petrel bench invoke store</c>.</summary>
    string Name { get; }

    /// <summary>It takes so long that it runs only where it is named.</summary>
    bool IsLong => false;

    IAsyncEnumerable<Row> RunAsync(BenchContext context, CancellationToken cancellationToken);
}

/// <summary>What scenarios share: where the program is, how long to measure.</summary>
internal sealed record BenchContext(string Root, TimeSpan Duration, Action<string> Progress)
{
    /// <summary>The daemon that <c>./petrel</c> publishes and runs.</summary>
    public string DaemonProgram => Path.Combine(Root, "artifacts", "petrel", "petrel");
}
