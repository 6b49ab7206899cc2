using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Petrel.Wire;

namespace Petrel.Server.Edge;

/// <summary>Says whether the daemon is ready: 200, or 503 with what it still waits for. Also at the path where tools for local clouds look.</summary>
internal sealed class HealthRoute(IEnumerable<ServiceRegistration> services, IEnumerable<IReadiness> parts) : IEdgeRoute
{
    private readonly string[] _services =
        [.. services.Select(static s => s.Contract.GetCustomAttribute<AwsServiceAttribute>()?.SigningName ?? s.Contract.Name)];

    private readonly IReadiness[] _parts = [.. parts];

    public int Order => 0;

    public string Name => "health";

    public bool Matches(HttpContext http) => http.Request.Path.Value is "/_petrel/health" or "/_localstack/health";

    public async Task HandleAsync(HttpContext http, CallContext call)
    {
        var waiting = Array.FindAll(_parts, static p => !p.IsReady);
        http.Response.StatusCode = waiting.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", waiting.Length == 0 ? "ready" : "starting");
        json.WriteString("version", PetrelVersion.Current);
        json.WriteStartObject("services");
        foreach (var service in _services)
        {
            json.WriteString(service, "running");
        }

        json.WriteEndObject();
        json.WriteStartArray("waitingFor");
        foreach (var part in waiting)
        {
            json.WriteStringValue(part.Name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
