using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Petrel.Server.Edge;

/// <summary>Answers pages of other sites: as the service wants it where it has rules of its own, else as <see cref="Cors"/> does.</summary>
internal sealed class CorsStep(IEnumerable<IServiceCors> own)
{
    private readonly FrozenDictionary<string, IServiceCors> _own = own.ToFrozenDictionary(static cors => cors.Service);

    /// <summary>True for a preflight, which is then answered.</summary>
    public async ValueTask<bool> AnswerAsync(EdgeExchange exchange)
    {
        if (!exchange.Http.Request.Headers.ContainsKey("Origin"))
        {
            return false;
        }

        return exchange.Route.Service is { } service && _own.TryGetValue(service.SigningName, out var rules)
            ? await rules.AnswerAsync(exchange.Http, exchange.RoutedPath.ToString())
            : Cors.Answer(exchange.Http);
    }

    /// <summary>The method of the request that a preflight asks about.</summary>
    public static string MethodOf(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers["Access-Control-Request-Method"] is [{ Length: > 0 } asked] ? asked : request.Method;
}
