using System.Text.Json.Nodes;
using Petrel.Client;
using Petrel.Packaging;
using Petrel.Terminal;

namespace Petrel.Samples;

/// <summary>What a sample did.</summary>
/// <param name="Cold">The first answer's time; null when an instance was there already.</param>
/// <param name="Warm">The median of the later ones.</param>
internal sealed record SampleVisit(Deployed Function, string Answer, TimeSpan? Cold, TimeSpan Warm, IReadOnlyList<LogLine> Log);

/// <summary>Deploys the hello samples, calls each by its URL, cold and warm, and collects what it printed.</summary>
internal sealed class SampleTour(CliContext context, ApiClient api)
{
    private const int WarmCalls = 5;

    /// <summary>A report is written before the answer; a busy machine gets this long all the same.</summary>
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly LambdaClient _lambda = new(api, context.Time);
    private readonly LogsClient _logs = new(api, context.Time);

    /// <param name="folder">Where samples are built: the program's own folder may be read-only.</param>
    public async Task<SampleVisit> VisitAsync(Sample sample, string folder, Action<string> progress, CancellationToken cancellationToken)
    {
        var deployed = await new Deployment(api, _lambda).RunAsync(new DeployRequest(Prepare(sample, folder), sample.FunctionName), progress, cancellationToken);
        progress($"Calling {deployed.Name}");

        // A second back: the daemon's clock and this one are the same, its log's resolution is a millisecond.
        var since = context.Time.GetUtcNow();
        var (answer, first) = await CallAsync(deployed.Url!, cancellationToken);
        var warm = new List<TimeSpan>();
        for (var i = 0; i < WarmCalls; i++)
        {
            warm.Add((await CallAsync(deployed.Url!, cancellationToken)).Time);
        }

        warm.Sort();
        var log = await ReadLogAsync(deployed.Name, since, cancellationToken);
        var wasCold = log.Any(l => l.Text.Contains("Init Duration", StringComparison.Ordinal));
        return new SampleVisit(deployed, answer, wasCold ? first : null, warm[WarmCalls / 2], log);
    }

    /// <summary>A copy in the data folder; the sample of a newer Petrel replaces it.</summary>
    private static string Prepare(Sample sample, string folder)
    {
        var target = Path.Combine(folder, sample.Language);
        foreach (var file in ZipPackage.Files(sample.Folder))
        {
            var destination = Path.Combine(target, file);
            Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
            File.Copy(Path.Combine(sample.Folder, file), destination, overwrite: true);
        }

        return target;
    }

    private async Task<(string Answer, TimeSpan Time)> CallAsync(string url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url));
        var start = context.Time.GetTimestamp();
        using var answer = await api.SendPlainAsync(request, cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        var time = context.Time.GetElapsedTime(start);
        return answer.IsSuccessStatusCode
            ? (body.Trim(), time)
            : throw new CliException($"{url} answered {(int)answer.StatusCode}: {Reason(body)}", $"see why: {context.Program} doctor");
    }

    private async Task<IReadOnlyList<LogLine>> ReadLogAsync(string function, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var start = context.Time.GetTimestamp();
        while (true)
        {
            var lines = new List<LogLine>();
            try
            {
                await foreach (var line in _logs.ReadAsync(LogsClient.GroupOf(function), since, cancellationToken))
                {
                    lines.Add(line);
                }
            }
            catch (ApiException e) when (e.Code == "ResourceNotFoundException")
            {
                // Its first line is still on the way.
            }

            var reports = lines.Count(l => l.Text.StartsWith("REPORT", StringComparison.Ordinal));
            if (reports > WarmCalls || context.Time.GetElapsedTime(start) > LogPatience)
            {
                return lines;
            }

            await Task.Delay(PollInterval, context.Time, cancellationToken);
        }
    }

    private static string Reason(string body)
    {
        try
        {
            var json = JsonNode.Parse(body);
            return (json?["Message"] ?? json?["message"])?.GetValue<string>() ?? body;
        }
        catch (System.Text.Json.JsonException)
        {
            return body;
        }
    }
}
