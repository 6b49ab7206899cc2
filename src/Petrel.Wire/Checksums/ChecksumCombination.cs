using System.Buffers.Binary;

namespace Petrel.Wire.Checksums;

/// <summary>
/// The CRC of two pieces one after the other, from the CRC of each: the first is moved on by the second's length, which is a multiplication
/// by x to that many bits modulo the polynomial.
/// </summary>
public static class ChecksumCombination
{
    private const uint Crc32Polynomial = 0xEDB88320;
    private const uint Crc32CPolynomial = 0x82F63B78;

    /// <summary>Only CRCs can be combined.</summary>
    public static bool CanCombine(ChecksumAlgorithm algorithm) => algorithm is ChecksumAlgorithm.Crc32 or ChecksumAlgorithm.Crc32C or ChecksumAlgorithm.Crc64Nvme;

    /// <param name="first">As <see cref="ContentChecksum.Finish"/> gives it.</param>
    /// <param name="second">That of the bytes behind the first.</param>
    /// <param name="secondBytes">How many they are.</param>
    public static byte[] Combine(ChecksumAlgorithm algorithm, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long secondBytes)
    {
        if (algorithm == ChecksumAlgorithm.Crc64Nvme)
        {
            var both = new byte[sizeof(ulong)];
            var moved = Multiply(Shift(secondBytes, Crc64Nvme.Polynomial, 64), BinaryPrimitives.ReadUInt64BigEndian(first), Crc64Nvme.Polynomial, 64);
            BinaryPrimitives.WriteUInt64BigEndian(both, moved ^ BinaryPrimitives.ReadUInt64BigEndian(second));
            return both;
        }

        var polynomial = algorithm == ChecksumAlgorithm.Crc32C ? Crc32CPolynomial : Crc32Polynomial;
        var bytes = new byte[sizeof(uint)];
        var shifted = Multiply(Shift(secondBytes, polynomial, 32), BinaryPrimitives.ReadUInt32BigEndian(first), polynomial, 32);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)shifted ^ BinaryPrimitives.ReadUInt32BigEndian(second));
        return bytes;
    }

    /// <summary>x to 8 times the bytes, by squaring.</summary>
    private static ulong Shift(long bytes, ulong polynomial, int width)
    {
        var result = 1UL << (width - 1);

        // x^8: the constant term is the highest bit, each power one lower.
        var square = 1UL << (width - 1 - 8);
        for (var left = (ulong)bytes; left > 0; left >>= 1)
        {
            if ((left & 1) != 0)
            {
                result = Multiply(result, square, polynomial, width);
            }

            square = Multiply(square, square, polynomial, width);
        }

        return result;
    }

    /// <summary>The product of two reflected polynomials.</summary>
    private static ulong Multiply(ulong a, ulong b, ulong polynomial, int width)
    {
        var product = 0UL;
        for (var bit = 1UL << (width - 1); bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
            {
                product ^= b;
            }

            b = (b & 1) == 0 ? b >> 1 : (b >> 1) ^ polynomial;
        }

        return product;
    }
}
