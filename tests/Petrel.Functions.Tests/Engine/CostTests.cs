using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using Petrel.Functions;

namespace Petrel.Functions.Tests.Engine;

public sealed class CostTests
{
    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Invoke_Any_CostsWhatItsReportSays()
    {
        var function = Host.Python("def handler(event, context):\n    return 1 / event\n") with { MemoryMb = 256 };
        using var counted = new Counted(function.Name);
        await Host.InvokeAsync(function, "1");
        await Host.InvokeAsync(function, "0");
        await Assert.ThrowsAsync<ThrottledException>(() => Host.InvokeAsync(function, "1", limits: new AdmissionLimits(Reserved: 0)));

        var billedMs = Host.Logs.Of(function).Select(line => Regex.Match(line, @"\tBilled Duration: (\d+) ms\tMemory Size: 256 MB\t"))
            .Where(match => match.Success).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(2, billedMs.Count);
        Assert.Equal(billedMs.Sum() / 1000.0 * 0.25, counted["petrel.function.billed_gb_seconds"], 9);
        Assert.Equal(3, counted["petrel.function.requests"]);
        Assert.Equal(2, counted["petrel.function.invocations"]);
    }

    /// <summary>The counters of one function.</summary>
    private sealed class Counted : IDisposable
    {
        private readonly Dictionary<string, double> _sums = new(StringComparer.Ordinal);
        private readonly MeterListener _listener = new();

        public Counted(string function)
        {
            _listener.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Petrel.Functions" && instrument is Counter<long> or Counter<double>)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags, function));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name, value, tags, function));
            _listener.Start();
        }

        public double this[string name]
        {
            get
            {
                lock (_sums)
                {
                    return _sums.GetValueOrDefault(name);
                }
            }
        }

        public void Dispose() => _listener.Dispose();

        private void Add(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, string function)
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "function" && (string?)tag.Value == function)
                {
                    lock (_sums)
                    {
                        _sums[name] = _sums.GetValueOrDefault(name) + value;
                    }
                }
            }
        }
    }
}
