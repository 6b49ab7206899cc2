using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Petrel.Wire.Checksums;

/// <summary>
/// The CRC of NVMe's specification: 64 bits, reflected, all ones at the beginning and inverted at the end. Where the processor multiplies
/// without carries, 16 bytes are folded at a time; elsewhere a table takes bytes.
/// </summary>
internal static class Crc64Nvme
{
    /// <summary>The polynomial, bits reflected.</summary>
    public const ulong Polynomial = 0x9A6C9329AC4BC9B5;

    private const int BlockBytes = 16;

    private static readonly ulong[] Table = CreateTable();

    /// <summary>
    /// A block is moved on by 128 bits: its earlier half counts x^192 and its later one x^128. A product of two reflected numbers stands one
    /// bit too low, which is one power of x.
    /// </summary>
    private static readonly Vector128<ulong> Fold = Vector128.Create(Power(191), Power(127));

    /// <param name="crc">The state, not inverted: all ones at the beginning.</param>
    public static ulong Update(ulong crc, ReadOnlySpan<byte> data)
    {
        if (!Pclmulqdq.IsSupported || data.Length < 4 * BlockBytes)
        {
            return UpdateBytes(crc, data);
        }

        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(data);
        var folded = blocks[0] ^ Vector128.Create(crc, 0);
        foreach (var block in blocks[1..])
        {
            var early = Pclmulqdq.CarrylessMultiply(folded, Fold, 0x00);
            var late = Pclmulqdq.CarrylessMultiply(folded, Fold, 0x11);
            folded = early ^ late ^ block;
        }

        Span<byte> rest = stackalloc byte[BlockBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(rest, folded[0]);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[sizeof(ulong)..], folded[1]);
        return UpdateBytes(UpdateBytes(0, rest), data[(blocks.Length * BlockBytes)..]);
    }

    internal static ulong UpdateBytes(ulong crc, ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
        {
            crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return crc;
    }

    /// <summary>x to a power, modulo the polynomial, reflected: the highest bit is the constant term.</summary>
    private static ulong Power(int exponent)
    {
        var power = 1UL << 63;
        for (var i = 0; i < exponent; i++)
        {
            power = (power & 1) == 0 ? power >> 1 : (power >> 1) ^ Polynomial;
        }

        return power;
    }

    private static ulong[] CreateTable()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var entry = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
            {
                entry = (entry & 1) == 0 ? entry >> 1 : (entry >> 1) ^ Polynomial;
            }

            table[i] = entry;
        }

        return table;
    }
}
