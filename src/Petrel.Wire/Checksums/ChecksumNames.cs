using System.Diagnostics.CodeAnalysis;

namespace Petrel.Wire.Checksums;

/// <summary>What checksums are called: in upper case in values, in lower case behind <c>x-amz-checksum-</c>.</summary>
public static class ChecksumNames
{
    /// <summary>What stands before the name in headers.</summary>
    public const string HeaderPrefix = "x-amz-checksum-";

    private static readonly string[] Headers = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"];

    private static readonly string[] Values = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"];

    /// <summary><c>crc64nvme</c>.</summary>
    public static string Header(this ChecksumAlgorithm algorithm) => Headers[(int)algorithm];

    /// <summary><c>CRC64NVME</c>.</summary>
    public static string Value(this ChecksumAlgorithm algorithm) => Values[(int)algorithm];

    /// <summary>How many bytes the checksum has.</summary>
    public static int Bytes(this ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 or ChecksumAlgorithm.Crc32C => 4,
        ChecksumAlgorithm.Crc64Nvme => 8,
        ChecksumAlgorithm.Sha1 => 20,
        _ => 32,
    };

    public static bool TryParse(string name, [NotNullWhen(true)] out ChecksumAlgorithm? algorithm)
    {
        var at = Array.FindIndex(Headers, header => header.Equals(name, StringComparison.OrdinalIgnoreCase));
        algorithm = at < 0 ? null : (ChecksumAlgorithm)at;
        return at >= 0;
    }
}
