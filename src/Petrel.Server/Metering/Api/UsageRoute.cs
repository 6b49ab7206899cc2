using System.Globalization;
using Microsoft.AspNetCore.Http;
using Petrel.Server.Administration;
using Petrel.Server.Edge;
using Petrel.Server.Metering.Model;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Metering.Api;

/// <summary><c>GET /_petrel/usage?since=&amp;until=&amp;by=&amp;function=&amp;freeTier=</c>: what the account used, and what it would cost.</summary>
internal sealed class UsageRoute(UsageLedger ledger, PriceTable prices, TimeProvider time) : IEdgeRoute
{
    private static readonly string[] NotCounted =
    [
        "data transfer", "bytes of streamed answers", "log storage", "the rounding of provisioned concurrency up to five minutes", "taxes and discounts",
    ];

    public int Order => 0;

    public string Name => "usage";

    public bool Matches(HttpContext http) => http.Request.Path.Value == "/_petrel/usage";

    public async Task HandleAsync(HttpContext http, CallContext call)
    {
        AdminAccess.Require(http, call, ["GET"], "since", "until", "by", "function", "freeTier");
        var question = Read(http, time.GetUtcNow());
        var complete = await TryFlushAsync();
        var report = new UsageReport(question, prices);
        await foreach (var row in ledger.ReadAsync(call.Account, question.BillFrom, question.Until, http.RequestAborted))
        {
            report.Add(row);
        }

        await http.Response.WriteAsJsonAsync(Answer(question, report, complete), http.RequestAborted);
    }

    private static UsageQuestion Read(HttpContext http, DateTimeOffset now)
    {
        var since = Time(http, "since") ?? BudgetRules.PeriodOf(BudgetPeriod.Month, UsageHour.Of(now)).From.Start;
        var until = Time(http, "until") ?? now;
        if (until < since)
        {
            throw CommonException.Validation("until is before since.");
        }

        var by = http.Parameter("by") switch
        {
            "hour" => UsageGrouping.Hour,
            "day" => UsageGrouping.Day,
            null or "function" => UsageGrouping.Function,
            var other => throw CommonException.Validation($"by is hour, day or function, not {other}."),
        };
        var free = http.Parameter("freeTier") switch
        {
            null or "false" => false,
            "true" => true,
            var other => throw CommonException.Validation($"freeTier is true or false, not {other}."),
        };
        return new UsageQuestion(UsageHour.Of(since), UsageHour.From(until), by, http.Parameter("function"), free);
    }

    /// <summary>Hours are not divided: the one in which a time falls is counted whole.</summary>
    private static DateTimeOffset? Time(HttpContext http, string name) => http.Parameter(name) switch
    {
        null => null,
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at.Year is > 1970 and < 9000 => at,
        var text => throw CommonException.Validation($"{name} is a time such as 2026-01-31T10:00:00Z, not {text}."),
    };

    private async Task<bool> TryFlushAsync()
    {
        try
        {
            await ledger.FlushAsync();
            return true;
        }
        catch (StoreException)
        {
            return false; // the loop logs it; what is in the store can be read
        }
    }

    private UsageAnswer Answer(UsageQuestion question, UsageReport report, bool complete)
    {
        var (sums, charge) = report.Total;
        return new UsageAnswer(
            question.Since.Start,
            question.Until.Start,
            question.By.ToString().ToLowerInvariant(),
            new UsagePrices(prices.Name, prices.Currency, prices.Date.ToString("O", CultureInfo.InvariantCulture), prices.Source),
            question.FreeTier,
            complete,
            question.FreeTier ? NotCounted : [.. NotCounted, "the free tier"],
            [.. report.Lines().Select(l => new UsageLine(l.Group.Function, l.Group.Region, l.Group.From?.Start, UsageCounts.Of(l.Sums), UsageCost.Of(l.Charge)))],
            new UsageLine(null, null, null, UsageCounts.Of(sums), UsageCost.Of(charge)));
    }
}
