using Microsoft.AspNetCore.Http;
using Petrel.Aws.Lambda;
using Petrel.Server.Administration;
using Petrel.Server.Edge;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>
/// <c>/_petrel/mapping-failures?uuid=</c>: GET lists the batches that a mapping gave up (<c>after</c> for the next page), POST sends one
/// (<c>id</c>) again, DELETE forgets one.
/// </summary>
internal sealed class MappingRoute(MappingRedrive redrive) : IEdgeRoute
{
    private const int PageSize = 100;

    public int Order => 0;

    public string Name => "mapping-failures";

    public bool Matches(HttpContext http) => http.Request.Path.Value == "/_petrel/mapping-failures";

    public async Task HandleAsync(HttpContext http, CallContext call)
    {
        AdminAccess.Require(http, call, ["GET", "POST", "DELETE"], "uuid", "id", "after");
        var uuid = http.Parameter("uuid") ?? throw CommonException.Validation("uuid is missing: which mapping?");
        var mapping = await redrive.FindAsync(new MappingKey(call.Account, call.Region, uuid), http.RequestAborted)
            ?? throw new ResourceNotFoundException("The resource you requested does not exist.");
        switch (http.Request.Method)
        {
            case "GET":
                await ListAsync(http, mapping);
                break;
            case "POST":
                var error = await redrive.SendAsync(mapping, Id(http), http.RequestAborted) ?? throw NoFailure();
                await http.Response.WriteAsJsonAsync(new { succeeded = error.Length == 0, error = error.Length == 0 ? null : error }, http.RequestAborted);
                break;
            default:
                if (!await redrive.RemoveAsync(mapping, Id(http)))
                {
                    throw NoFailure();
                }

                await http.Response.WriteAsJsonAsync(new { removed = true }, http.RequestAborted);
                break;
        }
    }

    private async Task ListAsync(HttpContext http, MappingRecord mapping)
    {
        var page = await redrive.ListAsync(mapping, http.Parameter("after"), PageSize, http.RequestAborted);
        await http.Response.WriteAsJsonAsync(
            new
            {
                total = await redrive.CountAsync(mapping, http.RequestAborted),
                failures = page.Select(Describe).ToArray(),
                next = page.Count < PageSize ? null : page[^1].Id,
            },
            http.RequestAborted);
    }

    private static object Describe(MappingFailure failure) => new
    {
        id = failure.Id,
        at = failure.At,
        condition = failure.Condition,
        shardId = failure.ShardId,
        records = failure.Records,
        requestId = failure.RequestId,
        error = failure.Error,
        redrives = failure.Redrives,
        record = System.Text.Json.Nodes.JsonNode.Parse(failure.Record),
    };

    private static string Id(HttpContext http) => http.Parameter("id") ?? throw CommonException.Validation("id is missing: which failure?");

    private static ResourceNotFoundException NoFailure() => new("There is no such failure of this mapping.");
}
