using Petrel.Wire;

namespace Petrel.Aws.S3;

/// <summary>An error of the service, by its code on the wire; the codes, statuses and words are S3's.</summary>
public sealed class S3Exception(
    string code,
    string message,
    int status,
    IReadOnlyList<KeyValuePair<string, object?>>? members = null,
    IReadOnlyList<KeyValuePair<string, string>>? headers = null) : ServiceException(code, message, status)
{
    public override IEnumerable<KeyValuePair<string, object?>> Members => members ?? [];

    public override IEnumerable<KeyValuePair<string, string>> Headers => headers ?? [];

    public static S3Exception NoSuchBucket(string bucket) =>
        Of("NoSuchBucket", "The specified bucket does not exist", 404, ("BucketName", bucket));

    public static S3Exception NoSuchKey(string key, IReadOnlyList<KeyValuePair<string, string>>? headers = null) =>
        new("NoSuchKey", "The specified key does not exist.", 404, [new("Key", key)], headers);

    public static S3Exception NoSuchVersion(string key, string versionId) =>
        Of("NoSuchVersion", "The specified version does not exist.", 404, ("Key", key), ("VersionId", versionId));

    public static S3Exception NoSuchUpload(string uploadId) => Of(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
        404,
        ("UploadId", uploadId));

    public static S3Exception InvalidArgument(string message, string name, string? value) =>
        Of("InvalidArgument", message, 400, ("ArgumentName", name), ("ArgumentValue", value));

    public static S3Exception InvalidRequest(string message) => Of("InvalidRequest", message, 400);

    public static S3Exception MalformedXml() =>
        Of("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema", 400);

    public static S3Exception PreconditionFailed(string condition) =>
        Of("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412, ("Condition", condition));

    public static S3Exception AccessDenied() => Of("AccessDenied", "Access Denied", 403);

    public static S3Exception Of(string code, string message, int status, params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var list = new List<KeyValuePair<string, object?>>(members.Length);
        foreach (var (name, value) in members)
        {
            list.Add(new(name, value));
        }

        return new S3Exception(code, message, status, list);
    }
}
