using Petrel.Wire;

namespace Petrel.Aws.S3;

/// <summary>What other services read from buckets, in process, on behalf of a caller.</summary>
public interface IObjectReader
{
    /// <summary>An object's bytes; the caller must be allowed to read it.</summary>
    /// <param name="versionId">Null for the newest.</param>
    /// <exception cref="S3Exception">NoSuchBucket, NoSuchKey, NoSuchVersion, AuthorizationHeaderMalformed.</exception>
    /// <exception cref="CommonException">Access denied.</exception>
    Task<(Stream Body, long Size)> OpenAsync(string bucket, string key, string? versionId, CallContext call);
}
