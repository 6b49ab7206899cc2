using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Petrel.Wire;

namespace Petrel.Server.Administration;

/// <summary>Who may ask, and what a question may hold. A root key asks for its own account.</summary>
internal static class AdminAccess
{
    /// <exception cref="CommonException">The caller is no root key, the method is another, or a parameter is unknown.</exception>
    public static void Require(HttpContext http, CallContext call, string[] methods, params string[] parameters)
    {
        if (call.Caller.Kind != PrincipalKind.Root)
        {
            throw CommonException.AccessDenied("Only a root key of an account may ask for this.");
        }

        if (!methods.Contains(http.Request.Method, StringComparer.Ordinal))
        {
            throw new CommonException("MethodNotAllowed", $"Use {string.Join(" or ", methods)}.", StatusCodes.Status405MethodNotAllowed);
        }

        if (http.Request.Query.Keys.FirstOrDefault(k => !parameters.Contains(k, StringComparer.Ordinal)) is { } unknown)
        {
            throw CommonException.Validation($"There is no parameter {unknown} here.");
        }
    }

    /// <summary>Null when it is not given, or empty.</summary>
    public static string? Parameter(this HttpContext http, string name) =>
        http.Request.Query.TryGetValue(name, out var value) && !StringValues.IsNullOrEmpty(value) ? value.ToString() : null;
}
