using System.Globalization;
using Petrel.Aws.Logs;
using Petrel.Server.Services.Logs.Store.Segments;

namespace Petrel.Server.Services.Logs.Model;

/// <summary>
/// Places in a log as clients see them: 56 digits, time and number, as the service's own have. <c>f/…/s</c> goes on forward from there and
/// <c>b/…/s</c> backward.
/// </summary>
internal static class EventTokens
{
    private const int Half = 28;

    public static string Id(EventKey key) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, key.Time):D28}{key.Sequence:D28}");

    public static string Forward(EventKey after) => $"f/{Id(after)}/s";

    public static string Backward(EventKey before) => $"b/{Id(before)}/s";

    public static (EventKey Key, bool Backward) Read(string token) =>
        token.Length == 2 * Half + 4 && token[1] == '/' && token.EndsWith("/s", StringComparison.Ordinal) && token[0] is 'f' or 'b'
            ? (ReadId(token[2..^2]), token[0] == 'b')
            : throw Invalid();

    public static EventKey ReadId(string digits) =>
        digits.Length == 2 * Half
        && long.TryParse(digits[..Half], NumberStyles.None, CultureInfo.InvariantCulture, out var time)
        && ulong.TryParse(digits[Half..], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? new EventKey(time, sequence)
            : throw Invalid();

    private static InvalidParameterException Invalid() => new("The specified nextToken is invalid.");
}
