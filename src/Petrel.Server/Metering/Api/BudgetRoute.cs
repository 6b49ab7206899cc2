using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Petrel.Server.Administration;
using Petrel.Server.Edge;
using Petrel.Server.Metering.Model;
using Petrel.Wire;

namespace Petrel.Server.Metering.Api;

/// <summary>
/// <c>/_petrel/budgets</c>: GET lists the account's with what they have used, PUT sets one, DELETE removes those that
/// <c>?function=&amp;unit=&amp;per=</c> name.
/// </summary>
internal sealed class BudgetRoute(BudgetKeeper keeper, UsageMeter meter, PriceTable prices) : IEdgeRoute
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
    };

    public int Order => 0;

    public int MaxBodyBytes => 16_384;

    public string Name => "budgets";

    public bool Matches(HttpContext http) => http.Request.Path.Value == "/_petrel/budgets";

    public async Task HandleAsync(HttpContext http, CallContext call)
    {
        AdminAccess.Require(http, call, ["GET", "PUT", "DELETE"], "function", "unit", "per");
        switch (http.Request.Method)
        {
            case "PUT":
                var budget = (await ReadAsync(http)).ToBudget(call);
                if (meter.Budgets.All.Count >= BudgetKeeper.MaxBudgets && meter.Budgets.All.All(b => b.Budget.Id != budget.Id))
                {
                    throw CommonException.Validation($"There are {BudgetKeeper.MaxBudgets} budgets, which is the most.");
                }

                await keeper.SetAsync(budget);
                await http.Response.WriteAsJsonAsync(Describe(meter.Budgets.All.Single(b => b.Budget.Id == budget.Id)), http.RequestAborted);
                break;
            case "DELETE":
                var gone = Named(http, call).Select(b => b.Budget.Id).ToArray();
                await keeper.RemoveAsync(gone);
                await http.Response.WriteAsJsonAsync(new { removed = gone.Length }, http.RequestAborted);
                break;
            default:
                await http.Response.WriteAsJsonAsync(new { budgets = Named(http, call).Select(Describe).ToArray() }, http.RequestAborted);
                break;
        }
    }

    /// <summary>Those of the account that the parameters name; an empty function is the account itself.</summary>
    private IEnumerable<ActiveBudget> Named(HttpContext http, CallContext call)
    {
        var wantsFunction = http.Request.Query.ContainsKey("function");
        var (function, unit, per) = (http.Parameter("function"), http.Parameter("unit"), http.Parameter("per"));
        return meter.Budgets.All.Where(b => b.Budget.Account == call.Account
            && (!wantsFunction || (b.Budget.Function == function && (function is null || b.Budget.Region == call.Region)))
            && (unit is null || BudgetText.Of(b.Budget.Unit) == unit)
            && (per is null || BudgetText.Of(b.Budget.Period) == per));
    }

    private static async Task<BudgetRequest> ReadAsync(HttpContext http)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<BudgetRequest>(http.Request.Body, Format, http.RequestAborted)
                ?? throw CommonException.Validation(BudgetRequest.Form);
        }
        catch (JsonException e)
        {
            throw CommonException.Validation($"{BudgetRequest.Form} {e.Message}");
        }
    }

    private BudgetAnswer Describe(ActiveBudget active)
    {
        var (budget, state) = (active.Budget, active.State);
        var used = budget.Unit switch
        {
            BudgetUnit.Money => new Money(state.Used).ToDecimal(),
            BudgetUnit.GbSeconds => (decimal)state.Used / UsageRules.MbMsPerGbSecond,
            _ => (decimal)state.Used,
        };
        var percent = (decimal)(state.Used * 1_000 / Int128.Max(budget.LimitUnits, 1)) / 10;
        var status = BudgetRules.IsExhausted(budget, state) ? "exhausted" : state.Warned ? "warning" : "open";
        return new BudgetAnswer(budget.Function, budget.Region, BudgetText.Of(budget.Unit), BudgetText.Of(budget.Period), budget.Limit, budget.WarnPercent)
        {
            Used = used,
            UsedPercent = percent,
            Status = status,
            Currency = budget.Unit == BudgetUnit.Money ? prices.Currency : null,
            Since = state.From.Start,
            Until = state.Until.Start,
        };
    }
}

/// <param name="Function">Null for the whole account.</param>
internal sealed record BudgetRequest(string? Function, string? Unit, string? Per, decimal? Limit, int? WarnPercent)
{
    public const string Form =
        "A budget is {\"function\": \"name\" or null, \"unit\": \"money|gb-seconds|invocations\", \"per\": \"day|month\", \"limit\": 5, \"warnPercent\": 80}.";

    private const int MaxName = 64;

    public Budget ToBudget(CallContext call)
    {
        if (Function is not null && (Function.Length is 0 or > MaxName || !Function.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
        {
            throw CommonException.Validation($"{Function} is no function's name.");
        }

        if (!BudgetText.TryParse(Unit, out BudgetUnit unit))
        {
            throw CommonException.Validation($"unit is money, gb-seconds or invocations. {Form}");
        }

        if (!BudgetText.TryParse(Per, out BudgetPeriod per))
        {
            throw CommonException.Validation($"per is day or month. {Form}");
        }

        if (Limit is not { } limit || limit < 0 || limit > Budget.MaxLimit || decimal.Round(limit, Budget.LimitDecimals) != limit
            || (unit == BudgetUnit.Invocations && decimal.Truncate(limit) != limit))
        {
            throw CommonException.Validation($"limit is a number from 0 to {Budget.MaxLimit} with at most {Budget.LimitDecimals} decimals; of invocations a whole one.");
        }

        var warn = WarnPercent ?? 80;
        return warn is >= 1 and <= 100
            ? new Budget(call.Account, Function is null ? null : call.Region, Function, unit, per, limit, warn)
            : throw CommonException.Validation("warnPercent is a whole number from 1 to 100.");
    }
}

internal sealed record BudgetAnswer(string? Function, string? Region, string Unit, string Per, decimal Limit, int WarnPercent)
{
    public required decimal Used { get; init; }

    public required decimal UsedPercent { get; init; }

    /// <summary><c>open</c>, <c>warning</c> or <c>exhausted</c>.</summary>
    public required string Status { get; init; }

    public string? Currency { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required DateTimeOffset Until { get; init; }
}
