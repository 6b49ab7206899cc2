using Petrel.Wire;

namespace Petrel.Tests.Wire;

/// <summary>A contract in the query protocol.</summary>
[AwsService(
    "toyquery", Protocol.Query, ApiVersion = "2010-05-08", XmlNamespace = "https://toy.amazonaws.com/doc/2010-05-08/", NotImplemented = ["FeedAll"])]
public interface IToyQuery
{
    [Access("user/{UserName}")]
    Task<UserResult> CreateUser(CreateUserRequest request, CallContext call);

    [Access("user/{UserName}")]
    Task DeleteUser(DeleteUserRequest request, CallContext call);
}

public sealed record UserTag([Length(1, 4)] string Key, string Value);

public sealed record CreateUserRequest(
    [Length(1, 64), Pattern(@"[\w+=,.@-]+")] string UserName,
    string? Path = null,
    List<UserTag>? Tags = null,
    List<string>? Names = null,
    Dictionary<string, string>? Attributes = null,
    [XmlList(Flattened = true)] List<string>? Flat = null,
    DateTimeOffset? Since = null,
    int? Count = null,
    bool? Force = null);

public sealed record UserResult(User User);

public sealed record User(
    string UserName,
    string? Path,
    List<UserTag>? Tags,
    List<string>? Names,
    Dictionary<string, string>? Attributes,
    [XmlList(Flattened = true)] List<string>? Flat,
    DateTimeOffset? Since,
    int? Count,
    bool? Force);

public sealed record DeleteUserRequest(string UserName);

/// <summary>A contract in REST-XML, in the manner of the object store.</summary>
[AwsService("s3", Protocol.RestXml, XmlNamespace = "http://s3.amazonaws.com/doc/2006-03-01/")]
public interface IToyObjects
{
    [Http("GET", "/{Bucket}?list-type=2"), Access("{Bucket}")]
    Task<ListBucketResult> ListObjects(ListObjectsRequest request, CallContext call);

    [Http("PUT", "/{Bucket}/{Key+}"), Access("{Bucket}/{Key}")]
    Task<PutObjectResult> PutObject(PutObjectRequest request, CallContext call);

    [Http("PUT", "/{Bucket}?tagging"), Access("{Bucket}")]
    Task<PutTaggingResult> PutTagging(PutTaggingRequest request, CallContext call);
}

public sealed record ListObjectsRequest(string Bucket, [FromQuery("prefix")] string? Prefix = null);

public sealed record ListBucketResult(string Name, [XmlList(Flattened = true)] List<ObjectEntry> Contents);

public sealed record ObjectEntry(string Key, long Size, DateTimeOffset LastModified);

public sealed record PutObjectRequest(string Bucket, string Key, [Payload] Stream Body);

public sealed record PutObjectResult([InHeader("ETag")] string ETag);

public sealed record PutTaggingRequest(string Bucket, [Payload] Tagging Tagging);

public sealed record Tagging([XmlList(Member = "Tag")] List<UserTag> TagSet);

public sealed record PutTaggingResult([Payload] Tagging Tagging);
