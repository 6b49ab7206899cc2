using Petrel.Wire;
using Petrel.Wire.Operations;
using Petrel.Wire.Rest;

namespace Petrel.Server.Edge;

/// <summary>In the query protocol the operation's name is the form's <c>Action</c>.</summary>
internal static class QueryOperations
{
    private const int MaxActionLength = 128;

    /// <exception cref="CommonException">There is no action, or none that is built (501).</exception>
    public static Operation Find(EdgeExchange exchange, ReadOnlyMemory<byte> body)
    {
        var service = exchange.Route.Service!;
        var action = FindAction(exchange, body) ?? throw new CommonException("MissingAction", "The request must contain the parameter Action.", 400);
        return service.Find(action) ?? throw CommonException.NotImplemented(service.SigningName, action);
    }

    /// <summary>Null where the form has no action that could be one.</summary>
    public static string? FindAction(EdgeExchange exchange, ReadOnlyMemory<byte> body)
    {
        var form = System.Text.Encoding.UTF8.GetString(body.Span);
        var action = new QueryReader(form).Find("Action") ?? new QueryReader(exchange.RawQuery).Find("Action");
        return string.IsNullOrEmpty(action) || action.Length > MaxActionLength ? null : action;
    }
}
