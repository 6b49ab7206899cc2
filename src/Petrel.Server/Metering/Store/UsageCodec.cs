using Petrel.Server.Metering.Model;

namespace Petrel.Server.Metering.Store;

/// <summary>Sums as bytes: the format's version, how many numbers follow, and these, short where they are small. Numbers are only added at the end.</summary>
internal static class UsageCodec
{
    private const byte Format = 1;
    private const int Numbers = 17;

    public static byte[] Encode(in UsageSums s)
    {
        ReadOnlySpan<long> numbers =
        [
            s.Invocations, s.Errors, s.Timeouts, s.Throttles, s.BudgetRefusals, s.ColdStarts, s.DurationUs, s.InitUs, s.CpuUs, s.BilledMs,
            s.BilledMbMs, s.StorageMbMs, s.ProvisionedMbMs, s.BytesIn, s.BytesOut, s.MemorySizeMb, s.PeakMemoryMb,
        ];
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Format);
        writer.Write((byte)numbers.Length);
        foreach (var number in numbers)
        {
            writer.Write7BitEncodedInt64(number);
        }

        return stream.ToArray();
    }

    public static UsageSums Decode(ReadOnlyMemory<byte> bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes.ToArray()));
        if (reader.ReadByte() is var format && format != Format)
        {
            throw new InvalidDataException($"A row of usage has format {format}, which a newer version of Petrel wrote.");
        }

        Span<long> n = stackalloc long[Numbers];
        var count = reader.ReadByte();
        for (var i = 0; i < Math.Min((int)count, Numbers); i++)
        {
            n[i] = reader.Read7BitEncodedInt64();
        }

        return new UsageSums
        {
            Invocations = n[0],
            Errors = n[1],
            Timeouts = n[2],
            Throttles = n[3],
            BudgetRefusals = n[4],
            ColdStarts = n[5],
            DurationUs = n[6],
            InitUs = n[7],
            CpuUs = n[8],
            BilledMs = n[9],
            BilledMbMs = n[10],
            StorageMbMs = n[11],
            ProvisionedMbMs = n[12],
            BytesIn = n[13],
            BytesOut = n[14],
            MemorySizeMb = n[15],
            PeakMemoryMb = n[16],
        };
    }
}
