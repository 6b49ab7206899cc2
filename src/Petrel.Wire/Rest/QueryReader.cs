namespace Petrel.Wire.Rest;

/// <summary>Walks the parameters of a raw query string (or form) without copying it.</summary>
public ref struct QueryReader(ReadOnlySpan<char> query)
{
    private ReadOnlySpan<char> _rest = query;

    public ReadOnlySpan<char> RawName { get; private set; }

    public ReadOnlySpan<char> RawValue { get; private set; }

    public bool Next()
    {
        while (!_rest.IsEmpty)
        {
            var ampersand = _rest.IndexOf('&');
            var part = ampersand < 0 ? _rest : _rest[..ampersand];
            _rest = ampersand < 0 ? [] : _rest[(ampersand + 1)..];
            if (part.IsEmpty)
            {
                continue;
            }

            var equals = part.IndexOf('=');
            RawName = equals < 0 ? part : part[..equals];
            RawValue = equals < 0 ? [] : part[(equals + 1)..];
            return true;
        }

        return false;
    }

    /// <summary>A parameter of this name, and of this value where one is given. Names that need no decoding are compared as they stand.</summary>
    public bool Contains(ReadOnlySpan<char> name, string? value)
    {
        while (Next())
        {
            if (IsName(name) && (value is null || RawValue.SequenceEqual(value)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first value of a parameter, decoded; null when there is none.</summary>
    public string? Find(ReadOnlySpan<char> name)
    {
        while (Next())
        {
            if (IsName(name))
            {
                return PercentEncoding.Decode(RawValue, plusIsSpace: true);
            }
        }

        return null;
    }

    public readonly bool IsName(ReadOnlySpan<char> name) => RawName.SequenceEqual(name)
        || (RawName.ContainsAny('%', '+') && name.SequenceEqual(PercentEncoding.Decode(RawName, plusIsSpace: true)));
}
