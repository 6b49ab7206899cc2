using Microsoft.Extensions.Logging;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>What the pollers of mappings say.</summary>
internal sealed partial class MappingLog(ILogger<MappingLog> log)
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Mapping {Uuid} gives {Records} records up ({Condition}): {Error}")]
    public partial void GivenUp(string uuid, int records, string condition, string? error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Mapping {Uuid} has another owner; this one stops.")]
    public partial void OwnershipLost(string uuid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mapping {Uuid} waits: {Problem}")]
    public partial void Waits(string uuid, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mapping {Uuid} is disabled: its source {Source} is gone.")]
    public partial void SourceGone(string uuid, string source);

    [LoggerMessage(Level = LogLevel.Error, Message = "The poller of mapping {Uuid} failed; it starts again.")]
    public partial void Failed(string uuid, Exception problem);
}
