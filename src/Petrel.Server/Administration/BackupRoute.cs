using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Petrel.Server.Edge;
using Petrel.Server.Services.Logs.Store;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Administration;

/// <summary><c>POST /_petrel/backup</c> with <c>{"directory": "/absolute"}</c>: a copy on the daemon's own machine, for a root key only.</summary>
internal sealed class BackupRoute(PetrelStorage storage, LogDirectory logs, PetrelOptions options) : IEdgeRoute
{
    public int Order => 0;

    public int MaxBodyBytes => 16_384;

    public string Name => "backup";

    public bool Matches(HttpContext http) => http.Request.Path.Value == "/_petrel/backup";

    public async Task HandleAsync(HttpContext http, CallContext call)
    {
        if (call.Caller.Kind != PrincipalKind.Root || call.Caller.Account != options.Edge.Account)
        {
            throw CommonException.AccessDenied("Only a root key of this installation may make a backup.");
        }

        if (!HttpMethods.IsPost(http.Request.Method))
        {
            throw new CommonException("MethodNotAllowed", "A backup is made with POST.", StatusCodes.Status405MethodNotAllowed);
        }

        var directory = await ReadDirectoryAsync(http);
        try
        {
            await DataBackup.WriteAsync(storage, logs, options.Storage, directory, http.RequestAborted);
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw CommonException.Validation($"The backup was not made: {e.Message}");
        }

        await http.Response.WriteAsJsonAsync(new { directory }, http.RequestAborted);
    }

    private static async Task<string> ReadDirectoryAsync(HttpContext http)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            if (body.RootElement.ValueKind == JsonValueKind.Object
                && body.RootElement.TryGetProperty("directory", out var member)
                && member.ValueKind == JsonValueKind.String
                && member.GetString() is { } directory
                && Path.IsPathFullyQualified(directory))
            {
                return directory;
            }
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw CommonException.Validation("A backup needs {\"directory\": \"/absolute/path\"}.");
    }
}
