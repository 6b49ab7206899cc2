using Petrel.Server.Settings;
using Petrel.Wire;

namespace Petrel.Server.Edge;

/// <summary>Memory that bodies held whole may take together. It is counted as they grow, so that a header's promise of a large body costs nothing.</summary>
internal sealed class BodyMemory(PetrelOptions options)
{
    private readonly long _limit = options.Edge.BodyMemoryMb * 1_048_576L;
    private long _used;

    /// <exception cref="CommonException">There is no room now (503).</exception>
    public void Take(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) > _limit)
        {
            Interlocked.Add(ref _used, -bytes);
            throw CommonException.Unavailable("Too many large requests are being received; try again.");
        }
    }

    public void Return(int bytes) => Interlocked.Add(ref _used, -bytes);
}
