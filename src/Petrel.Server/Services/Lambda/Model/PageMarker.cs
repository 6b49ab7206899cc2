using System.Text;
using Petrel.Aws.Lambda;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>Where a list goes on: opaque to callers, the last item's name inside.</summary>
internal static class PageMarker
{
    /// <summary>Most lists have pages of 50 items, whatever is asked.</summary>
    public const int MaxPage = 50;

    public static int Limit(int? asked) => Math.Min(asked ?? MaxPage, MaxPage);

    /// <summary>Stands before the name in a marker, which may be empty.</summary>
    private const char Mark = '>';

    public static string Of(string last) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Mark + last));

    public static string? Read(string? marker)
    {
        if (string.IsNullOrEmpty(marker))
        {
            return null;
        }

        var bytes = new byte[marker.Length];
        return Convert.TryFromBase64String(marker, bytes, out var length) && length > 0 && bytes[0] == Mark
            ? Encoding.UTF8.GetString(bytes, 1, length - 1)
            : throw new InvalidParameterValueException($"Invalid marker: {marker}");
    }

    /// <summary>The marker of the page after this one, which was read with one item more than it shows; that item is removed.</summary>
    public static string? Cut<T>(List<T> page, int limit, Func<T, string> name)
    {
        if (page.Count <= limit)
        {
            return null;
        }

        page.RemoveRange(limit, page.Count - limit);
        return Of(name(page[^1]));
    }
}
