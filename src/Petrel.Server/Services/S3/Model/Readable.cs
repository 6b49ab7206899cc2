using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Petrel.Aws.S3;

namespace Petrel.Server.Services.S3.Model;

/// <summary>Whether there is something to read, and what is said when there is not.</summary>
internal static class Readable
{
    /// <exception cref="S3Exception">NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker that is asked for by its version.</exception>
    public static ObjectState Require([NotNull] ObjectState? state, string key, string? versionId)
    {
        if (state is null)
        {
            throw versionId is null ? S3Exception.NoSuchKey(key) : S3Exception.NoSuchVersion(key, versionId);
        }

        if (!state.IsMarker)
        {
            return state;
        }

        List<KeyValuePair<string, string>> headers = [new("x-amz-delete-marker", "true"), new("x-amz-version-id", state.ShownVersionId)];
        if (versionId is null)
        {
            throw S3Exception.NoSuchKey(key, headers);
        }

        headers.Add(new("Last-Modified", state.Modified.ToString("R", CultureInfo.InvariantCulture)));
        headers.Add(new("Allow", "DELETE"));
        throw new S3Exception(
            "MethodNotAllowed",
            "The specified method is not allowed against this resource.",
            405,
            [new("Method", "GET"), new("ResourceType", "DeleteMarker")],
            headers);
    }
}

/// <summary>Conditions on what is deleted.</summary>
internal sealed record DeleteConditions(string? IfMatch, DateTimeOffset? Modified, long? Size)
{
    public static readonly DeleteConditions None = new(null, null, null);

    public static DeleteConditions Read(string? ifMatch, string? modified, long? size)
    {
        if (modified is null)
        {
            return new DeleteConditions(ifMatch, null, size);
        }

        return DateTimeOffset.TryParse(modified, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? new DeleteConditions(ifMatch, time, size)
            : throw S3Exception.InvalidArgument("The time is none.", "x-amz-if-match-last-modified-time", modified);
    }

    public void Check(string key, ObjectState? state)
    {
        if (IfMatch is null && Modified is null && Size is null)
        {
            return;
        }

        if (state is null)
        {
            throw S3Exception.NoSuchKey(key);
        }

        if (IfMatch is not null && !EntityTags.Any(IfMatch, state.ETag))
        {
            throw S3Exception.PreconditionFailed("If-Match");
        }

        if ((Modified is { } modified && modified.ToUnixTimeSeconds() != state.Modified.ToUnixTimeSeconds()) || (Size is { } size && size != state.Size))
        {
            throw S3Exception.PreconditionFailed(Modified is null ? "x-amz-if-match-size" : "x-amz-if-match-last-modified-time");
        }
    }
}
