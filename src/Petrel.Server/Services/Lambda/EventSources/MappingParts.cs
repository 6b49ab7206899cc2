using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>What the pollers of all mappings share.</summary>
internal sealed record MappingParts(
    MappingLedger Ledger, MappingInvoker Invoker, MappingLog Log, IIdSource Ids, TimeProvider Time)
{
    public BufferBudget Buffers { get; } = new();
}
