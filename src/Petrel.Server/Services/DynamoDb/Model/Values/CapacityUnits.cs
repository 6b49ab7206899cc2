namespace Petrel.Server.Services.DynamoDb.Model.Values;

/// <summary>The units of throughput that reads and writes use, as the service's documentation computes them.</summary>
internal static class CapacityUnits
{
    private const int ReadBytes = 4_096;
    private const int WriteBytes = 1_024;

    /// <summary>Begun kilobytes; one for nothing at all.</summary>
    public static double OfWrite(int sizeBytes) => Blocks(sizeBytes, WriteBytes);

    /// <summary>Begun blocks of 4 KB, half as much when the read need not be consistent; one block for nothing at all.</summary>
    public static double OfRead(long sizeBytes, bool consistent) => Blocks(sizeBytes, ReadBytes) * (consistent ? 1 : 0.5);

    private static double Blocks(long sizeBytes, int blockBytes) => Math.Max(1, (sizeBytes + blockBytes - 1) / blockBytes);
}
