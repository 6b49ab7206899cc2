using Microsoft.AspNetCore.Http;
using Petrel.Server.Administration;
using Petrel.Server.Edge;
using Petrel.Server.Metering.Model;
using Petrel.Server.Settings;
using Petrel.Wire;

namespace Petrel.Server.Metering.Api;

/// <summary><c>GET /_petrel/prices</c>: the price table in force, as the file that it was read from.</summary>
internal sealed class PricesRoute(PetrelOptions options) : IEdgeRoute
{
    private readonly string _text = options.Metering.Prices is { } path ? File.ReadAllText(path) : PriceFile.ShippedText();

    public int Order => 0;

    public string Name => "prices";

    public bool Matches(HttpContext http) => http.Request.Path.Value == "/_petrel/prices";

    public Task HandleAsync(HttpContext http, CallContext call)
    {
        AdminAccess.Require(http, call, ["GET"]);
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(_text, http.RequestAborted);
    }
}
