using System.Diagnostics.CodeAnalysis;

namespace Petrel.Wire;

/// <summary>Throw helpers for input that cannot be read at all; all of them are the client's fault (400).</summary>
internal static class MalformedInput
{
    [DoesNotReturn]
    public static void Throw(string message) => throw new CommonException("SerializationException", message, 400);

    [DoesNotReturn]
    public static object Value(string message) => throw new CommonException("SerializationException", message, 400);
}
