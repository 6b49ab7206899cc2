namespace Petrel.Wire.Rest;

/// <summary>Method and path of a REST operation, in parts.</summary>
public sealed record RestTemplate
{
    private RestTemplate(string method, string[] segments, string[] labels, KeyValuePair<string, string?>[] query)
    {
        Method = method;
        Segments = segments;
        Labels = labels;
        Query = query;
    }

    public string Method { get; }

    /// <summary>Literals as they are, labels in braces, the greedy one as <c>{+}</c>, others as <c>{}</c>.</summary>
    internal string[] Segments { get; }

    /// <summary>The labels' names in the order of the path.</summary>
    public string[] Labels { get; }

    /// <summary>Parameters that must be there, with their value where one is given.</summary>
    internal KeyValuePair<string, string?>[] Query { get; }

    /// <summary>The status of success.</summary>
    public int Status { get; private init; }

    /// <summary>A header that must be there; null for none.</summary>
    internal string? Header { get; private init; }

    public static RestTemplate Parse(string method, string path, int status, string? header = null)
    {
        var question = path.IndexOf('?');
        var segments = (question < 0 ? path : path[..question]).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var labels = new List<string>();
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i] is ['{', .. var label, '}'])
            {
                var greedy = label.EndsWith('+');
                labels.Add(greedy ? label[..^1] : label);
                segments[i] = greedy ? "{+}" : "{}";
            }
        }

        return new RestTemplate(method, segments, [.. labels], question < 0 ? [] : ParseQuery(path[(question + 1)..]))
        {
            Status = status,
            Header = header,
        };
    }

    private static KeyValuePair<string, string?>[] ParseQuery(string query) => Array.ConvertAll(query.Split('&'), static part =>
    {
        var equals = part.IndexOf('=');
        return equals < 0 ? new KeyValuePair<string, string?>(part, null) : new KeyValuePair<string, string?>(part[..equals], part[(equals + 1)..]);
    });
}
