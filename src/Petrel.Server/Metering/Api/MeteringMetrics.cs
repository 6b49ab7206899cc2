using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Petrel.Server.Metering.Model;

namespace Petrel.Server.Metering.Api;

/// <summary>
/// The meter <c>Petrel.Metering</c>. Its instruments are read when somebody collects, from what the meter holds anyway, so that an
/// invocation pays nothing for them. Totals begin with the daemon; a function that has not run for a day is left out, and begins anew.
/// </summary>
internal sealed class MeteringMetrics : IHostedService, IDisposable
{
    private const double MicrosecondsPerSecond = 1_000_000;

    private readonly Meter _instruments;
    private readonly UsageMeter _meter;

    public MeteringMetrics(IMeterFactory meters, UsageMeter meter, UsageLedger ledger, BudgetKeeper budgets, MeteringLoop loop)
    {
        _meter = meter;
        _instruments = meters.Create("Petrel.Metering");
        _instruments.CreateObservableCounter("petrel.usage.billed_duration", () => Of(s => s.BilledMs), "ms", "Billed time.");
        _instruments.CreateObservableCounter("petrel.usage.cpu_time", () => Of(s => s.CpuUs / MicrosecondsPerSecond), "s", "Processor time of functions.");
        _instruments.CreateObservableCounter("petrel.usage.timeouts", () => Of(s => s.Timeouts), description: "Invocations that were ended at their timeout.");
        _instruments.CreateObservableCounter("petrel.usage.bytes_in", () => Of(s => s.BytesIn), "By", "Bytes of events.");
        _instruments.CreateObservableCounter("petrel.usage.bytes_out", () => Of(s => s.BytesOut), "By", "Bytes of answers, streamed ones too.");
        _instruments.CreateObservableCounter("petrel.budget.refusals", () => Of(s => s.BudgetRefusals), description: "Invocations that a budget refused.");
        _instruments.CreateObservableCounter("petrel.budget.warnings", () => budgets.Warnings, description: "Budgets that reached their warning.");
        _instruments.CreateObservableGauge("petrel.budget.used", Used, "1", "Part of a budget that its period has used.");
        _instruments.CreateObservableCounter("petrel.metering.rows", () => ledger.WrittenRows, description: "Rows of usage that were written.");
        _instruments.CreateObservableCounter("petrel.metering.failures", () => loop.Failures, description: "Flushes that the store did not take; later ones made up for them.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _instruments.Dispose();

    private IEnumerable<Measurement<T>> Of<T>(Func<UsageSums, T> value)
        where T : struct => _meter.Cells.Select(c => new Measurement<T>(
        value(c.Total),
        new KeyValuePair<string, object?>("function", c.Function),
        new KeyValuePair<string, object?>("region", c.Region),
        new KeyValuePair<string, object?>("account", c.Account)));

    private IEnumerable<Measurement<double>> Used() => _meter.Budgets.All.Select(b => new Measurement<double>(
        (double)b.State.Used / (double)Int128.Max(b.Budget.LimitUnits, 1),
        new KeyValuePair<string, object?>("function", b.Budget.Function ?? ""),
        new KeyValuePair<string, object?>("region", b.Budget.Region ?? ""),
        new KeyValuePair<string, object?>("account", b.Budget.Account),
        new KeyValuePair<string, object?>("unit", BudgetText.Of(b.Budget.Unit)),
        new KeyValuePair<string, object?>("per", BudgetText.Of(b.Budget.Period))));
}
