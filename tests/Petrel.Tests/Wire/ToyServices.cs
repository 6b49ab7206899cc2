using System.Text;
using Petrel.Wire;

namespace Petrel.Tests.Wire;

/// <summary>Answers with what it was asked.</summary>
internal sealed class ToyService : IToy
{
    public Task<ThingResult> CreateThing(CreateThingRequest request, CallContext call) => request.Name switch
    {
        "taken" => throw new ToyConflictException("There is one already."),
        "broken" => throw new InvalidOperationException("A secret of the server."),
        _ => Task.FromResult(new ThingResult(
            request.Name, request.Size, request.Weight, request.Loud, request.Ratio, request.Colour, request.Letters, request.Parts,
            request.Tags, request.PartsByName, request.Blob, request.When, request.When, request.Document, request.Numbers)),
    };

    public Task<ThingResult> GetThing(GetThingRequest request, CallContext call) =>
        Task.FromResult(new ThingResult($"{request.Name}|{request.Qualifier}|{call.Account}|{call.Region}|{call.Caller.Arn}|{call.Endpoint}"));

    public Task<ListThingsResult> ListThings(ListThingsRequest request, CallContext call) =>
        Task.FromResult(new ListThingsResult(request.Tags ?? [], request.Others));

    public Task<PutFileResult> PutFile(PutFileRequest request, CallContext call) =>
        Task.FromResult(new PutFileResult(202, request.Content, $"{request.Bucket}|{request.Key}", request.Meta, request.Since));

    public Task DeleteFile(DeleteFileRequest request, CallContext call) => Task.CompletedTask;

    public Task<WatchResult> Watch(WatchRequest request, CallContext call) => Task.FromResult(new WatchResult(Events(request)));

    private static async IAsyncEnumerable<WatchEvent> Events(WatchRequest request)
    {
        for (var i = 0; i < request.Count; i++)
        {
            await Task.Yield();
            yield return new Chunk(Encoding.UTF8.GetBytes($"chunk {i}"));
        }

        yield return request.Name == "taken" ? throw new ToyConflictException("In between.") : new Done("all");
    }
}

internal sealed class ToyLogsService : IToyLogs
{
    public Task<PutLinesResult> PutLines(PutLinesRequest request, CallContext call) =>
        Task.FromResult(new PutLinesResult(request.Lines.Count, request.Lines[0].Timestamp));

    public Task Clear(ClearRequest request, CallContext call) => Task.CompletedTask;
}

internal sealed class ToyQueryService : IToyQuery
{
    public Task<UserResult> CreateUser(CreateUserRequest request, CallContext call) => Task.FromResult(new UserResult(new User(
        request.UserName, request.Path, request.Tags, request.Names, request.Attributes, request.Flat, request.Since, request.Count, request.Force)));

    public Task DeleteUser(DeleteUserRequest request, CallContext call) =>
        request.UserName == "taken" ? throw new ToyConflictException("In <use>.") : Task.CompletedTask;
}

internal sealed class ToyObjectsService : IToyObjects
{
    public Task<ListBucketResult> ListObjects(ListObjectsRequest request, CallContext call) => Task.FromResult(
        new ListBucketResult(request.Bucket, [new ObjectEntry($"{request.Prefix}a&b", 5, DateTimeOffset.UnixEpoch), new ObjectEntry("c", 6, DateTimeOffset.UnixEpoch)]));

    public async Task<PutObjectResult> PutObject(PutObjectRequest request, CallContext call)
    {
        using var copy = new MemoryStream();
        await request.Body.CopyToAsync(copy, call.Aborted);
        return new PutObjectResult($"\"{request.Key}:{Encoding.UTF8.GetString(copy.ToArray())}\"");
    }

    public Task<PutTaggingResult> PutTagging(PutTaggingRequest request, CallContext call) => Task.FromResult(new PutTaggingResult(request.Tagging));
}
