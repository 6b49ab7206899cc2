using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Petrel.Wire.Checksums;

namespace Petrel.Tests.Wire;

public sealed class ChecksumTests
{
    /// <summary>The check values of the catalogues of CRCs.</summary>
    [Theory]
    [InlineData(ChecksumAlgorithm.Crc32, "cbf43926")]
    [InlineData(ChecksumAlgorithm.Crc32C, "e3069283")]
    [InlineData(ChecksumAlgorithm.Crc64Nvme, "ae8b14860a799888")]
    [InlineData(ChecksumAlgorithm.Sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441")]
    public void Checksum_OfTheCheckText_IsTheKnownOne(ChecksumAlgorithm algorithm, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Of(algorithm, Encoding.ASCII.GetBytes("123456789"))));

    [Fact]
    public void Crc64_FoldedBlocks_AreWhatTheTableSays()
    {
        for (var size = 0; size < 600; size++)
        {
            var bytes = RandomNumberGenerator.GetBytes(size);
            Assert.Equal(Crc64Nvme.UpdateBytes(ulong.MaxValue, bytes), Crc64Nvme.Update(ulong.MaxValue, bytes));
        }
    }

    [Theory]
    [InlineData(ChecksumAlgorithm.Crc32)]
    [InlineData(ChecksumAlgorithm.Crc32C)]
    [InlineData(ChecksumAlgorithm.Crc64Nvme)]
    public void Combine_AnyTwoPieces_IsTheChecksumOfBoth(ChecksumAlgorithm algorithm) =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 300]).Sample((first, second) => Assert.Equal(
            Of(algorithm, [.. first, .. second]),
            ChecksumCombination.Combine(algorithm, Of(algorithm, first), Of(algorithm, second), second.Length)));

    private static byte[] Of(ChecksumAlgorithm algorithm, byte[] bytes)
    {
        using var checksum = ContentChecksum.Create(algorithm);
        checksum.Append(bytes.AsSpan(0, bytes.Length / 3));
        checksum.Append(bytes.AsSpan(bytes.Length / 3));
        return checksum.Finish();
    }
}
