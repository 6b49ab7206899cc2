using System.Globalization;
using System.Text.Json.Nodes;

namespace Petrel.Terminal;

/// <summary>A budget of the daemon's answer, in words.</summary>
internal static class BudgetLine
{
    public static string Scope(JsonNode budget) => budget["function"]?.GetValue<string>() ?? "the account";

    /// <summary><c>$5.00 a month</c>.</summary>
    public static string Amount(JsonNode budget) => $"{Quantity(budget, "limit")} a {budget["per"]}";

    public static string Used(JsonNode budget)
    {
        var percent = budget["usedPercent"]!.GetValue<decimal>().ToString("#,0.#", CultureInfo.InvariantCulture);
        var until = budget["until"]!.GetValue<DateTimeOffset>();
        var refuses = Status(budget) == "exhausted" ? $", refusing until {until.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC" : "";
        return $"{percent} % used{refuses}";
    }

    public static string Status(JsonNode budget) => budget["status"]!.GetValue<string>();

    public static string? Colour(JsonNode budget) => Status(budget) switch
    {
        "exhausted" => "red",
        "warning" => "yellow",
        _ => null,
    };

    /// <param name="member"><c>limit</c> or <c>used</c>.</param>
    public static string Quantity(JsonNode budget, string member)
    {
        var amount = budget[member]!.GetValue<decimal>();
        return budget["unit"]!.GetValue<string>() switch
        {
            "money" => Amounts.Money(amount, budget["currency"]!.GetValue<string>()),
            "gb-seconds" => amount.ToString("#,0.######", CultureInfo.InvariantCulture) + " GB s",
            _ => Amounts.Count((long)amount) + " invocations",
        };
    }
}
