using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>When an item expires.</summary>
internal static class ExpiryRules
{
    /// <summary>Times longer ago are taken for mistakes: milliseconds, years, counters.</summary>
    private const int MaxYearsAgo = 5;

    private const int MaxMagnitude = 17;

    /// <summary>The second since 1970 in an item's attribute, rounded down; null for an item that stays.</summary>
    public static long? ExpiryOf(TimeToLiveState state, AttributeMap? item)
    {
        if (item is null || !item.TryGetValue(state.Attribute, out var value) || value.Type != AttributeType.Number)
        {
            return null;
        }

        var number = value.Number;
        if (number.IsNegative || number.Magnitude > MaxMagnitude)
        {
            return null;
        }

        var digits = number.Digits;
        for (var exponent = number.Exponent; exponent < 0 && digits > 0; exponent++)
        {
            digits /= 10;
        }

        for (var exponent = number.Exponent; exponent > 0; exponent--)
        {
            digits *= 10;
        }

        return (long)digits;
    }

    /// <summary>An item of that time goes now.</summary>
    public static bool IsExpired(long expiry, DateTimeOffset now) =>
        expiry <= now.ToUnixTimeSeconds() && expiry > now.AddYears(-MaxYearsAgo).ToUnixTimeSeconds();
}
