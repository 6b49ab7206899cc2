using System.Text.Json;

namespace Petrel.Wire;

/// <summary>A value that writes its own JSON; as a member of a record, in a list or map, or in an error's body.</summary>
public interface IJsonValue
{
    /// <summary>Writes one whole JSON value.</summary>
    void WriteJson(Utf8JsonWriter writer);
}

/// <summary>
/// A value that reads its own JSON too, so that a member of its type is no record of the wire. Its derived types are written by themselves.
/// </summary>
public interface IJsonValue<TSelf> : IJsonValue
    where TSelf : IJsonValue<TSelf>
{
    /// <summary>
    /// Reads the value at whose first token the reader stands, and leaves it at the last one. JSON <c>null</c> never comes here.
    /// </summary>
    /// <exception cref="ServiceException">The value is refused; the client gets this very error.</exception>
    static abstract TSelf ReadJson(ref Utf8JsonReader reader);
}
