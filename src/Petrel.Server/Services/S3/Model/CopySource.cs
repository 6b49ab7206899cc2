using Petrel.Aws.S3;
using Petrel.Wire.Rest;

namespace Petrel.Server.Services.S3.Model;

/// <summary>The source of a copy: <c>/bucket/key</c>, percent-encoded, with <c>?versionId=</c> behind it.</summary>
internal sealed record CopySource(string Bucket, string Key, string? VersionId)
{
    public static CopySource Parse(string header)
    {
        var question = header.IndexOf("?versionId=", StringComparison.Ordinal);
        var version = question < 0 ? null : header[(question + 11)..];
        var path = PercentEncoding.Decode(question < 0 ? header : header.AsSpan(0, question), plusIsSpace: false);
        path = path.StartsWith('/') ? path[1..] : path;
        if (path.StartsWith("arn:", StringComparison.Ordinal))
        {
            throw Wire.CommonException.NotImplemented("s3", "CopyObject from an access point");
        }

        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < path.Length - 1
            ? new CopySource(path[..slash], path[(slash + 1)..], version)
            : throw S3Exception.InvalidArgument("Invalid copy source object key", "x-amz-copy-source", header);
    }
}
