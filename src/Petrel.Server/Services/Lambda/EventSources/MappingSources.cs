using System.Diagnostics.CodeAnalysis;
using Petrel.Aws.EventSources;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>The kinds of sources that are here.</summary>
internal sealed class MappingSources(IEnumerable<IEventSource> sources)
{
    /// <summary>The services whose resources Lambda reads, by their names in ARNs.</summary>
    private static readonly HashSet<string> Services = new(["dynamodb", "kinesis", "sqs", "kafka", "mq", "rds"], StringComparer.Ordinal);

    private readonly IEventSource[] _sources = [.. sources];

    public bool TryFind(string arn, [NotNullWhen(true)] out IEventSource? source) => (source = Array.Find(_sources, s => s.Owns(arn))) is not null;

    /// <summary>The service of an ARN that Lambda would know and that is not here; null for others.</summary>
    public static string? MissingService(string arn) => arn.Split(':') is [_, _, var service, ..] && Services.Contains(service) ? service : null;
}
