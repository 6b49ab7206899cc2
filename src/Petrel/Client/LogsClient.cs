using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Petrel.Client;

/// <summary>One line of a log.</summary>
internal sealed record LogLine(string Id, DateTimeOffset Time, string Stream, string Text);

/// <summary>Reads and follows log groups.</summary>
internal sealed class LogsClient(ApiClient api, TimeProvider time)
{
    /// <summary>How long a line may take to appear while somebody watches.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(300);

    /// <summary>Lines may be stored a little after the time they bear; a follower looks back this far for them.</summary>
    private static readonly TimeSpan Lookback = TimeSpan.FromSeconds(10);

    public static string GroupOf(string function) => $"/aws/lambda/{function}";

    /// <summary>The lines since a time, oldest first.</summary>
    /// <exception cref="ApiException">The group is not there.</exception>
    public async IAsyncEnumerable<LogLine> ReadAsync(string group, DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            var request = new JsonObject { ["logGroupName"] = group, ["startTime"] = since.ToUnixTimeMilliseconds() };
            if (token is not null)
            {
                request["nextToken"] = token;
            }

            var page = await api.TargetAsync("logs", "Logs_20140328.FilterLogEvents", request, cancellationToken);
            foreach (var entry in page?["events"]?.AsArray() ?? [])
            {
                yield return new LogLine(
                    entry!["eventId"]!.GetValue<string>(),
                    DateTimeOffset.FromUnixTimeMilliseconds(entry["timestamp"]!.GetValue<long>()),
                    entry["logStreamName"]?.GetValue<string>() ?? "",
                    entry["message"]!.GetValue<string>().TrimEnd('\n'));
            }

            token = page?["nextToken"]?.GetValue<string>();
        }
        while (token is not null);
    }

    /// <summary>The lines since a time and then every new one, until cancelled. A group that is not there yet is waited for.</summary>
    public async IAsyncEnumerable<LogLine> FollowAsync(string group, DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!cancellationToken.IsCancellationRequested)
        {
            var fresh = await ReadFreshAsync(group, since, seen, cancellationToken);
            foreach (var line in fresh)
            {
                yield return line;
            }

            var horizon = time.GetUtcNow() - Lookback;
            if (horizon > since)
            {
                since = horizon;
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private async Task<List<LogLine>> ReadFreshAsync(string group, DateTimeOffset since, HashSet<string> seen, CancellationToken cancellationToken)
    {
        var fresh = new List<LogLine>();
        var current = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await foreach (var line in ReadAsync(group, since, cancellationToken))
            {
                current.Add(line.Id);
                if (!seen.Contains(line.Id))
                {
                    fresh.Add(line);
                }
            }
        }
        catch (ApiException e) when (e.Code == "ResourceNotFoundException")
        {
            return fresh;
        }

        // What has fallen out of the window is forgotten, so that a long watch stays small.
        seen.Clear();
        seen.UnionWith(current);
        return fresh;
    }
}
