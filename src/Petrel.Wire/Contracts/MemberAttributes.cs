namespace Petrel.Wire;

/// <summary>The member's name on the wire, where it is not the parameter's (in the service's <see cref="MemberCase"/>).</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class WireNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>The member stands in the path, at the label of its name. Labels of a template are bound by name even without this mark.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromPathAttribute : Attribute;

/// <summary>The member stands in the query string; a map without name takes all parameters that no other member takes.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromQueryAttribute(string? name = null) : Attribute
{
    public string? Name { get; } = name;
}

/// <summary>The member stands in a header; a map takes every header whose name begins with <paramref name="name"/>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class InHeaderAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>The member is the whole body: bytes, a <see cref="Stream"/>, or one record written in the service's protocol.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PayloadAttribute : Attribute;

/// <summary>The member, an <c>int</c> of a result, is the answer's HTTP status.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class StatusCodeAttribute : Attribute;

/// <summary>The member, an <c>IAsyncEnumerable&lt;T&gt;</c>, is sent as an event stream; the event's type is the name of its record's type.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class EventStreamAttribute : Attribute;

/// <summary>How a <see cref="DateTimeOffset"/> is written.</summary>
public enum TimestampFormat
{
    /// <summary>The protocol's own: seconds since 1970 in JSON, ISO 8601 in XML and query strings, HTTP dates in headers.</summary>
    Default,
    UnixSeconds,
    UnixMilliseconds,
    Iso8601,
    HttpDate,

    /// <summary>Lambda's <c>2026-01-31T10:20:30.123+0000</c>.</summary>
    Lambda,
}

[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimestampAttribute(TimestampFormat format) : Attribute
{
    public TimestampFormat Format { get; } = format;
}

/// <summary>The length of a text (characters), a blob (bytes), a list or a map (entries).</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class LengthAttribute(int min, int max = int.MaxValue) : Attribute
{
    public int Min { get; } = min;

    public int Max { get; } = max;
}

/// <summary>The range of a number, both ends included.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class RangeAttribute(long min, long max = long.MaxValue) : Attribute
{
    public long Min { get; } = min;

    public long Max { get; } = max;
}

/// <summary>The regular expression that a text (or each text of a list) must match as a whole; quoted in the error as it is given here.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PatternAttribute([System.Diagnostics.CodeAnalysis.StringSyntax("Regex")] string pattern) : Attribute
{
    public string Pattern { get; } = pattern;
}

/// <summary>The values that a text (or each text of a list) may have.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OneOfAttribute(params string[] values) : Attribute
{
    public string[] Values { get; } = values;
}

/// <summary>In XML, the list's entries stand without a wrapping element; otherwise each is a <see cref="Member"/> element inside it.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class XmlListAttribute : Attribute
{
    public bool Flattened { get; init; }

    public string Member { get; init; } = "member";
}
