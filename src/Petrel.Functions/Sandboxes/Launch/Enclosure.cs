using Petrel.Functions.Sandboxes.Limits;
using Petrel.Functions.Sandboxes.Network;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>What a sandbox is put into, made before it is needed: a number, and by it a user, limits and a network.</summary>
/// <param name="User">The host's user of everything inside; null: the daemon's own.</param>
/// <param name="Limits">Null on a machine without control groups.</param>
/// <param name="Network">Null: the sandbox makes a network of its own that reaches nothing.</param>
internal sealed record Enclosure(int Slot, uint? User, IControlGroup? Limits, NetworkSpace? Network);
