using System.Runtime.CompilerServices;
using Petrel.Bench.Load;

namespace Petrel.Bench.Rows;

/// <summary>
/// Cold starts, from the request to the answer. Burst: the pool of pre-started sandboxes has one ready (a hit). Sustained: as many as the
/// machine can make, bound by what refilling costs. Both are held against the bare start of the language, measured in the same run.
/// </summary>
internal sealed class ColdScenario : IScenario
{
    private const int BareRuns = 30;
    private const int Hits = 40;

    /// <summary>The first ones of a language.</summary>
    private const int NotCounted = 5;

    /// <summary>Until the daemon's own code on the way is compiled to its last tier.</summary>
    private const int WarmUps = 60;

    /// <summary>Between cold starts, so that each finds the pool refilled.</summary>
    private static readonly TimeSpan Refill = TimeSpan.FromMilliseconds(250);

    public string Name => "cold";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
        using var deployments = new Deployments(daemon);
        using var caller = new Caller();
        using var plain = new PlainCaller(daemon);
        var samples = new SampleFunctions(context);

        context.Progress("timing the bare languages");
        var program = await caller.TextAsync(await deployments.CreateOpenAsync("python", samples.PythonProgram(), cancellationToken), cancellationToken);
        var bareDotnet = Path.Combine(context.Root, "bench", "Functions", "DotnetBare", "bin", "DotnetBare.dll");
        (string Language, Func<int, SampleFunction> Make, double BareMs, double AtLeast, double Aim)[] languages =
        [
            ("Node.js", samples.Node, BareStart.P50Ms(BareRuns, "node", "-e", "0"), 0.35, 0.12),
            ("Python", samples.Python, BareStart.P50Ms(BareRuns, program, "-c", "0"), 0.40, 0.10),
            (".NET", samples.Dotnet, BareStart.P50Ms(BareRuns, "dotnet", bareDotnet), 0.40, 0.15),
        ];
        context.Progress("warming up");
        for (var i = 0; i < WarmUps; i++)
        {
            plain.TimeMs(await deployments.CreateOpenAsync($"warm-{i}", samples.Python(1_000 + i), cancellationToken));
        }

        foreach (var (language, make, bareMs, atLeast, aim) in languages)
        {
            context.Progress($"cold starts of {Hits} functions in {language}");
            var times = await HitsAsync(deployments, plain, language, make, cancellationToken);
            yield return new Row($"cold start, pool hit, {language}: p50 against the bare start", Percentile.Of(times, 50) / bareMs, "×", atLeast, aim)
            {
                Note = $"{Percentile.Of(times, 50):0.00} ms, p99 {Percentile.Of(times, 99):0.0} ms; bare {bareMs:0.0} ms",
            };
        }

        if (samples.Wasm() is not null)
        {
            context.Progress($"cold starts of {Hits} functions in WebAssembly");
            var times = await HitsAsync(deployments, plain, "WebAssembly", number => samples.Wasm(number)!, cancellationToken);
            yield return new Row("WebAssembly (a program in C), from nothing to answer: p50", Percentile.Of(times, 50), "ms", 3, 0.7)
            {
                Note = $"p99 {Percentile.Of(times, 99):0.0} ms",
            };
        }

        foreach (var (language, make) in ((string, Func<int, SampleFunction?>)[])[("provided (C)", samples.Provided), ("Java", samples.Java), ("Ruby", samples.Ruby)])
        {
            if (make(0) is not null)
            {
                context.Progress($"cold starts of {Hits} functions in {language}");
                var times = await HitsAsync(deployments, plain, language, number => make(number)!, cancellationToken);
                yield return new Row($"cold start, pool hit, {language}: p50", Percentile.Of(times, 50), "ms") { Note = $"p99 {Percentile.Of(times, 99):0.0} ms" };
            }
        }
    }

    private static async Task<List<double>> HitsAsync(
        Deployments deployments, PlainCaller plain, string language, Func<int, SampleFunction> make, CancellationToken cancellationToken)
    {
        var prefix = new string([.. language.Where(char.IsAsciiLetter)]);
        var urls = new List<Uri>();
        for (var i = 0; i < Hits + NotCounted; i++)
        {
            urls.Add(await deployments.CreateOpenAsync($"{prefix}-{i}", make(i), cancellationToken));
        }

        var times = new List<double>();
        foreach (var (number, url) in urls.Index())
        {
            await Task.Delay(Refill, cancellationToken);
            var took = plain.TimeMs(url);
            if (number >= NotCounted)
            {
                times.Add(took);
            }
        }

        return times;
    }
}
