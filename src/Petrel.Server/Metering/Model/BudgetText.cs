using System.Globalization;
using Petrel.Functions;

namespace Petrel.Server.Metering.Model;

/// <summary>What is said of budgets: in refusals, log lines and the interface.</summary>
internal static class BudgetText
{
    public static string Of(BudgetUnit unit) => unit switch
    {
        BudgetUnit.Money => "money",
        BudgetUnit.GbSeconds => "gb-seconds",
        _ => "invocations",
    };

    public static string Of(BudgetPeriod period) => period == BudgetPeriod.Day ? "day" : "month";

    public static bool TryParse(string? text, out BudgetUnit unit)
    {
        (var known, unit) = text switch
        {
            "money" => (true, BudgetUnit.Money),
            "gb-seconds" => (true, BudgetUnit.GbSeconds),
            "invocations" => (true, BudgetUnit.Invocations),
            _ => (false, default),
        };
        return known;
    }

    public static bool TryParse(string? text, out BudgetPeriod period)
    {
        (var known, period) = text switch
        {
            "day" => (true, BudgetPeriod.Day),
            "month" => (true, BudgetPeriod.Month),
            _ => (false, default),
        };
        return known;
    }

    public static string Scope(Budget budget) => budget.Function is { } function ? $"function {function}" : $"account {budget.Account}";

    /// <summary><c>5 USD a month</c>.</summary>
    public static string Amount(Budget budget, string currency)
    {
        var limit = budget.Limit.ToString("0.######", CultureInfo.InvariantCulture);
        var unit = budget.Unit switch
        {
            BudgetUnit.Money => currency,
            BudgetUnit.GbSeconds => "GB seconds",
            _ => "invocations",
        };
        return $"{limit} {unit} a {Of(budget.Period)}";
    }

    public static BudgetRefusal Refusal(Budget budget, string currency, UsageHour until)
    {
        var reset = until.Start.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);
        var reason = budget.Function is null ? ThrottleReason.AccountBudgetExceeded : ThrottleReason.FunctionBudgetExceeded;
        return new BudgetRefusal(
            reason,
            $"Rate Exceeded. The budget of {Scope(budget)} ({Amount(budget, currency)}) is used up; it opens again at {reset}, or when it is raised.",
            until.Start);
    }
}
