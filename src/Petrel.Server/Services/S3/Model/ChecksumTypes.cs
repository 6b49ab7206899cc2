using Petrel.Aws.S3;
using Petrel.Wire.Checksums;

namespace Petrel.Server.Services.S3.Model;

/// <summary>Whether the checksum of an object in parts is that of its bytes, or is made of those of its parts.</summary>
internal static class ChecksumTypes
{
    public const string Composite = "COMPOSITE";
    public const string FullObject = "FULL_OBJECT";

    /// <exception cref="S3Exception">The type does not go with the algorithm.</exception>
    public static (ChecksumAlgorithm? Algorithm, bool IsComposite) OfUpload(ChecksumAlgorithm? algorithm, string? type)
    {
        if (type is not (null or Composite or FullObject))
        {
            throw S3Exception.InvalidRequest("Value for x-amz-checksum-type header is invalid.");
        }

        if (algorithm is not { } chosen)
        {
            return type is null
                ? (null, false)
                : throw S3Exception.InvalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
        }

        var canCombine = ChecksumCombination.CanCombine(chosen);
        var isComposite = type is null ? chosen != ChecksumAlgorithm.Crc64Nvme : type == Composite;
        var isPossible = isComposite ? chosen != ChecksumAlgorithm.Crc64Nvme : canCombine;
        return isPossible
            ? (algorithm, isComposite)
            : throw S3Exception.InvalidRequest($"The {type} checksum type cannot be used with the {chosen.Header()} checksum algorithm.");
    }

    /// <summary>What is computed of a part when its request names nothing.</summary>
    public static ChecksumAlgorithm OfPart(UploadState upload) =>
        upload.ChecksumAlgorithm is { } name && ChecksumNames.TryParse(name, out var algorithm) ? algorithm.Value : ChecksumAlgorithm.Crc64Nvme;

    /// <exception cref="S3Exception">The part brings another checksum than the upload was begun with.</exception>
    public static void CheckPart(UploadState upload, ChecksumAlgorithm? given)
    {
        if (upload.ChecksumAlgorithm is { } expected && given is { } actual && actual.Value() != expected)
        {
            throw S3Exception.InvalidRequest(
                $"Checksum Type mismatch occurred, expected checksum Type: {expected.ToLowerInvariant()}, actual checksum Type: {actual.Header()}");
        }
    }

    /// <summary>What the client says of the whole must be what came of the parts.</summary>
    public static void CheckWhole(MultipartPlan plan, CompleteMultipartUploadRequest request)
    {
        if (request.MpuObjectSize is { } size && size != plan.Size)
        {
            throw S3Exception.InvalidRequest($"The provided 'x-amz-mp-object-size' header value {size} does not match what was computed: {plan.Size}");
        }

        foreach (var (name, value) in request.Checksums ?? new Dictionary<string, string>())
        {
            if (name == "type" && plan.Checksum is { } kept && kept.Type != value)
            {
                throw S3Exception.InvalidRequest($"The upload was created using the {kept.Type} checksum mode. The complete request must use the same checksum mode.");
            }

            if (ChecksumNames.TryParse(name, out var algorithm) && (plan.Checksum?.Algorithm != algorithm.Value.Value() || plan.Checksum.Value != value))
            {
                throw S3Exception.Of("BadDigest", $"The {name} you specified did not match the calculated checksum.", 400);
            }
        }
    }
}
