using Microsoft.AspNetCore.Http;
using Petrel.Server.Edge;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Packages;

/// <summary>Serves the links of <see cref="PackageLinks"/>.</summary>
internal sealed class PackageRoute(PackageLinks links, PackageLibrary library) : IEdgeRoute
{
    public int Order => 100;

    public string Name => "package";

    public bool Matches(HttpContext http) => http.Request.Path.Value?.StartsWith(PackageLinks.Prefix, StringComparison.Ordinal) == true;

    public async Task HandleAsync(HttpContext http, CallContext call)
    {
        var (request, response) = (http.Request, http.Response);
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        var token = request.Path.Value![PackageLinks.Prefix.Length..];
        if (links.Open(token) is not { } sha256)
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            await response.WriteAsync("The link is not valid, or no longer: ask for a new one.", call.Aborted);
            return;
        }

        await using var package = await library.OpenAsync(sha256, call.Aborted);
        if (package is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        response.ContentType = "application/zip";
        response.ContentLength = package.Length;
        if (HttpMethods.IsGet(request.Method))
        {
            await package.CopyToAsync(response.Body, call.Aborted);
        }
    }
}
