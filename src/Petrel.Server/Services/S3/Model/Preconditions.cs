using System.Globalization;
using Petrel.Aws.S3;
using Petrel.Wire;

namespace Petrel.Server.Services.S3.Model;

/// <summary>Conditions on what a request reads. RFC 9110 says in which order they are asked.</summary>
internal sealed record ReadConditions(string? IfMatch, string? IfNoneMatch, string? IfModifiedSince, string? IfUnmodifiedSince)
{
    /// <exception cref="S3Exception">A condition does not hold (412), or nothing has changed (304).</exception>
    public void Check(ObjectState state)
    {
        if (IfMatch is not null)
        {
            Require(EntityTags.Any(IfMatch, state.ETag), "If-Match");
        }
        else if (Date(IfUnmodifiedSince) is { } unmodified)
        {
            Require(state.Modified <= unmodified, "If-Unmodified-Since");
        }

        if (IfNoneMatch is not null)
        {
            if (EntityTags.Any(IfNoneMatch, state.ETag))
            {
                throw NotModified(state);
            }
        }
        else if (Date(IfModifiedSince) is { } modified && state.Modified <= modified)
        {
            throw NotModified(state);
        }
    }

    /// <summary>The same for the source of a copy, where nothing is 304.</summary>
    public void CheckSource(ObjectState state)
    {
        try
        {
            Check(state);
        }
        catch (S3Exception unchanged) when (unchanged.Status == 304)
        {
            throw S3Exception.PreconditionFailed(IfNoneMatch is null ? "x-amz-copy-source-If-Modified-Since" : "x-amz-copy-source-If-None-Match");
        }
    }

    private static void Require(bool holds, string condition)
    {
        if (!holds)
        {
            throw S3Exception.PreconditionFailed(condition);
        }
    }

    /// <summary>What is no date is passed over, as RFC 9110 asks.</summary>
    private static DateTimeOffset? Date(string? text) => text is not null
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    private static S3Exception NotModified(ObjectState state) => new(
        "NotModified",
        "Not Modified",
        304,
        headers: [new("ETag", state.QuotedETag), new("Last-Modified", state.Modified.ToString("R", CultureInfo.InvariantCulture))]);
}

/// <summary>Conditions on the object that a write takes the place of.</summary>
internal sealed record WriteConditions(string? IfMatch, string? IfNoneMatch)
{
    public static readonly WriteConditions None = new(null, null);

    /// <exception cref="S3Exception">The headers ask for what the service does not do (501).</exception>
    public static WriteConditions Read(string? ifMatch, string? ifNoneMatch) => ifNoneMatch is not null and not "*"
        ? throw new CommonException("NotImplemented", "A header you provided implies functionality that is not implemented: If-None-Match takes only *.", 501)
        : new WriteConditions(ifMatch, ifNoneMatch);

    /// <param name="current">Null when there is no object, or a delete marker is its newest version.</param>
    public void Check(string key, ObjectState? current)
    {
        if (IfNoneMatch is not null && current is not null)
        {
            throw S3Exception.PreconditionFailed("If-None-Match");
        }

        if (IfMatch is null)
        {
            return;
        }

        if (current is null)
        {
            throw S3Exception.NoSuchKey(key);
        }

        if (!EntityTags.Any(IfMatch, current.ETag))
        {
            throw S3Exception.PreconditionFailed("If-Match");
        }
    }
}

/// <summary>Lists of entity tags in headers. Clients leave the quotes away.</summary>
internal static class EntityTags
{
    public static bool Any(string list, string tag)
    {
        foreach (var part in list.AsSpan().Split(','))
        {
            var one = list.AsSpan()[part].Trim();
            if (one is "*" || Unquote(one).SequenceEqual(tag))
            {
                return true;
            }
        }

        return false;
    }

    public static ReadOnlySpan<char> Unquote(ReadOnlySpan<char> tag)
    {
        var strong = tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
        return strong is ['"', .. var inner, '"'] ? inner : strong;
    }
}
