using System.Text.Json;
using Petrel.Wire;

namespace Petrel.Tests.Wire;

/// <summary>A contract with one of everything that REST-JSON carries.</summary>
[AwsService(
    "toy", Protocol.RestJson, ApiVersion = "2020-01-01", NotImplemented = ["DELETE /2020/things/{Name} DeleteThing"])]
public interface IToy
{
    [Http("POST", "/2020/things", Status = 201), Access("thing:{Name}")]
    Task<ThingResult> CreateThing(CreateThingRequest request, CallContext call);

    [Http("GET", "/2020/things/{Name}"), Access("thing:{Name}")]
    Task<ThingResult> GetThing(GetThingRequest request, CallContext call);

    [Http("GET", "/2020/things?list=all"), Access("*")]
    Task<ListThingsResult> ListThings(ListThingsRequest request, CallContext call);

    [Http("PUT", "/2020/files/{Bucket}/{Key+}"), Access("file:{Bucket}"), BodyLimit(1_000_000)]
    Task<PutFileResult> PutFile(PutFileRequest request, CallContext call);

    [Http("DELETE", "/2020/files/{Bucket}/{Key+}", Status = 204), Access("file:{Bucket}")]
    Task DeleteFile(DeleteFileRequest request, CallContext call);

    [Http("POST", "/2020/things/{Name}/watch"), Access("thing:{Name}")]
    Task<WatchResult> Watch(WatchRequest request, CallContext call);
}

public enum Colour
{
    Red,
    Green,
}

public sealed record CreateThingRequest(
    [Length(1, 8), Pattern("[a-z0-9-_]+")] string Name,
    [Range(1, 10)] int? Size = null,
    long Weight = 7,
    bool? Loud = null,
    double? Ratio = null,
    Colour? Colour = null,
    [OneOf("a", "b")] List<string>? Letters = null,
    [Length(0, 2)] List<Part>? Parts = null,
    Dictionary<string, string>? Tags = null,
    Dictionary<string, Part>? PartsByName = null,
    byte[]? Blob = null,
    DateTimeOffset? When = null,
    JsonElement? Document = null,
    int[]? Numbers = null,
    Dictionary<string, List<Part>>? PartLists = null);

public sealed record Part([Length(1, 4)] string Id, Part? Inner = null);

public sealed record ThingResult(
    string Name,
    int? Size = null,
    long Weight = 0,
    bool? Loud = null,
    double? Ratio = null,
    Colour? Colour = null,
    List<string>? Letters = null,
    List<Part>? Parts = null,
    Dictionary<string, string>? Tags = null,
    Dictionary<string, Part>? PartsByName = null,
    byte[]? Blob = null,
    DateTimeOffset? When = null,
    [Timestamp(TimestampFormat.Lambda)] DateTimeOffset? Modified = null,
    JsonElement? Document = null,
    int[]? Numbers = null);

public sealed record GetThingRequest(string Name, [FromQuery("Qualifier")] string? Qualifier = null);

public sealed record ListThingsRequest(
    [FromQuery("tag")] List<string>? Tags = null,
    [FromQuery] Dictionary<string, string>? Others = null,
    [FromQuery("MaxItems"), Range(1, 50)] int? MaxItems = null);

public sealed record ListThingsResult(List<string> Names, Dictionary<string, string>? Others = null);

public sealed record PutFileRequest(
    string Bucket,
    string Key,
    [Payload] ReadOnlyMemory<byte> Content,
    [InHeader("X-Toy-Kind")] string? Kind = null,
    [InHeader("X-Toy-Meta-")] Dictionary<string, string>? Meta = null,
    [InHeader("X-Toy-Since")] DateTimeOffset? Since = null);

public sealed record PutFileResult(
    [StatusCode] int Status,
    [Payload] ReadOnlyMemory<byte> Content,
    [InHeader("X-Toy-Path")] string? Path = null,
    [InHeader("X-Toy-Meta-")] Dictionary<string, string>? Meta = null,
    [InHeader("X-Toy-Since")] DateTimeOffset? Since = null);

public sealed record DeleteFileRequest(string Bucket, string Key);

public sealed record WatchRequest(string Name, int Count = 2);

public sealed record WatchResult([EventStream] IAsyncEnumerable<WatchEvent> Events);

public abstract record WatchEvent;

public sealed record Chunk([Payload] ReadOnlyMemory<byte> Data) : WatchEvent;

public sealed record Done(string Reason) : WatchEvent;

/// <summary>The same kind of contract in JSON 1.1.</summary>
[AwsService("toylogs", Protocol.Json11, TargetPrefix = "Toy_20200101", MemberCase = MemberCase.Camel)]
public interface IToyLogs
{
    [Access("group:{GroupName}")]
    Task<PutLinesResult> PutLines(PutLinesRequest request, CallContext call);

    [Access("*")]
    Task Clear(ClearRequest request, CallContext call);
}

public sealed record PutLinesRequest([Length(1, 16)] string GroupName, [Length(1, 3)] List<Line> Lines);

public sealed record Line([Length(1, 8)] string Message, [Timestamp(TimestampFormat.UnixMilliseconds)] DateTimeOffset Timestamp);

public sealed record PutLinesResult(int Count, DateTimeOffset? First = null);

public sealed record ClearRequest(string? Name = null);

/// <summary>A failure with further members.</summary>
public sealed class ToyConflictException(string message) : ServiceException("ToyConflictException", message, 409)
{
    public override IEnumerable<KeyValuePair<string, object?>> Members => [new("Type", "User"), new("Retry", 3)];
}
