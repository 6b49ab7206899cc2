using System.Globalization;
using System.Security.Cryptography;
using Petrel.Aws.S3;
using Petrel.Wire.Checksums;

namespace Petrel.Server.Services.S3.Model;

/// <summary>What an upload becomes: its parts in order, their entity tag and checksum.</summary>
internal sealed record MultipartPlan(IReadOnlyList<PartState> Parts, IReadOnlyList<PartState> Unused, string ETag, long Size, StoredChecksum? Checksum)
{
    public const int MaxParts = 10_000;
    public const long MinPartBytes = 5_242_880;
    public const long MaxObjectBytes = 5_497_558_138_880;

    /// <param name="stored">All parts of the upload, by number.</param>
    /// <exception cref="S3Exception">InvalidPart, InvalidPartOrder, EntityTooSmall, EntityTooLarge, MalformedXML.</exception>
    public static MultipartPlan Make(UploadState upload, IReadOnlyList<CompletedPart>? asked, IReadOnlyList<PartState> stored)
    {
        if (asked is null || asked.Count is 0 or > MaxParts)
        {
            throw S3Exception.MalformedXml();
        }

        var byNumber = stored.ToDictionary(static part => part.Number);
        var parts = new List<PartState>(asked.Count);
        foreach (var part in asked)
        {
            if (part.PartNumber is not { } number || part.ETag is null)
            {
                throw S3Exception.MalformedXml();
            }

            if (parts.Count > 0 && number <= parts[^1].Number)
            {
                throw S3Exception.Of(
                    "InvalidPartOrder",
                    "The list of parts was not in ascending order. Parts must be ordered by part number.",
                    400,
                    ("UploadId", upload.UploadId));
            }

            parts.Add(Find(upload, byNumber, part, number));
            byNumber.Remove(number);
        }

        CheckSizes(parts);
        return new MultipartPlan(parts, [.. byNumber.Values], TagOf(parts), parts.Sum(static p => p.Size), ChecksumOf(upload, parts));
    }

    private static PartState Find(UploadState upload, Dictionary<int, PartState> stored, CompletedPart part, int number)
    {
        var isThere = stored.TryGetValue(number, out var found) && EntityTags.Unquote(part.ETag!).SequenceEqual(found.ETag);
        return isThere && ChecksumMatches(found!, part)
            ? found!
            : throw S3Exception.Of(
                "InvalidPart",
                "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
                400,
                ("UploadId", upload.UploadId),
                ("PartNumber", number),
                ("ETag", EntityTags.Unquote(part.ETag!).ToString()));
    }

    private static bool ChecksumMatches(PartState part, CompletedPart asked)
    {
        foreach (var (algorithm, value) in ((string, string?)[])
            [("CRC32", asked.ChecksumCRC32), ("CRC32C", asked.ChecksumCRC32C), ("CRC64NVME", asked.ChecksumCRC64NVME), ("SHA1", asked.ChecksumSHA1), ("SHA256", asked.ChecksumSHA256)])
        {
            if (value is not null && (part.Checksum is not { } kept || kept.Algorithm != algorithm || kept.Value != value))
            {
                return false;
            }
        }

        return true;
    }

    private static void CheckSizes(List<PartState> parts)
    {
        var total = 0L;
        for (var i = 0; i < parts.Count; i++)
        {
            total += parts[i].Size;
            if (parts[i].Size < MinPartBytes && i < parts.Count - 1)
            {
                throw S3Exception.Of(
                    "EntityTooSmall",
                    "Your proposed upload is smaller than the minimum allowed size",
                    400,
                    ("ETag", parts[i].ETag),
                    ("MinSizeAllowed", MinPartBytes),
                    ("PartNumber", parts[i].Number),
                    ("ProposedSize", parts[i].Size));
            }
        }

        if (total > MaxObjectBytes)
        {
            throw S3Exception.Of(
                "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.", 400, ("MaxSizeAllowed", MaxObjectBytes), ("ProposedSize", total));
        }
    }

    /// <summary>MD5 of the parts' MD5s, and their number.</summary>
    private static string TagOf(List<PartState> parts)
    {
        var tags = new byte[parts.Count * MD5.HashSizeInBytes];
        for (var i = 0; i < parts.Count; i++)
        {
            Convert.FromHexString(parts[i].ETag, tags.AsSpan(i * MD5.HashSizeInBytes), out _, out _);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(MD5.HashData(tags))}-{parts.Count}");
    }

    private static StoredChecksum? ChecksumOf(UploadState upload, List<PartState> parts)
    {
        // Without a wish of the client, all parts have the CRC that the service adds by itself.
        var name = upload.ChecksumAlgorithm ?? ChecksumAlgorithm.Crc64Nvme.Value();
        if (!ChecksumNames.TryParse(name, out var algorithm) || parts.Exists(part => part.Checksum?.Algorithm != name))
        {
            return null;
        }

        if (!upload.IsComposite)
        {
            var whole = Convert.FromBase64String(parts[0].Checksum!.Value);
            foreach (var part in parts.Skip(1))
            {
                whole = ChecksumCombination.Combine(algorithm.Value, whole, Convert.FromBase64String(part.Checksum!.Value), part.Size);
            }

            return new StoredChecksum(name, Convert.ToBase64String(whole));
        }

        using var checksum = ContentChecksum.Create(algorithm.Value);
        foreach (var part in parts)
        {
            checksum.Append(Convert.FromBase64String(part.Checksum!.Value));
        }

        return new StoredChecksum(name, string.Create(CultureInfo.InvariantCulture, $"{Convert.ToBase64String(checksum.Finish())}-{parts.Count}"), IsComposite: true);
    }
}
