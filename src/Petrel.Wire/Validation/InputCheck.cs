using System.Collections;
using System.Globalization;
using System.Text;
using Petrel.Wire.Shapes;

namespace Petrel.Wire.Validation;

/// <summary>
/// Collects what is wrong with an input while it is read, with the path to each member, and says all of it at once in the services' words:
/// <c>1 validation error detected: Value '' at 'functionName' failed to satisfy constraint: Member must …</c>.
/// </summary>
public sealed class InputCheck
{
    /// <summary>Values are quoted up to here, so that an answer stays small whatever was sent.</summary>
    private const int MaxQuoted = 2_048;

    private const int MaxErrors = 32;

    /// <summary>The members entered, from the outermost; most inputs have none.</summary>
    private List<string>? _path;
    private Stack<int>? _outer;
    private List<string>? _errors;

    /// <summary>In how many lists and maps of one member the reader is.</summary>
    private int _within;
    private int _count;

    internal void Enter(Member member) => (_path ??= []).Add(member.PathName);

    internal void Leave() => _path!.RemoveAt(_path.Count - 1);

    /// <summary>Into an entry of a list; the services count from one and call entries members. Scalars have no members to name.</summary>
    internal void Enter(Member member, Shape entry, int index)
    {
        if (HasMembers(entry))
        {
            Enter(member, entry, (index + 1).ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Into an entry of a map. A list within a map goes on from the map's key: <c>requestItems.table.member.1.member</c>.</summary>
    internal void Enter(Member member, Shape entry, string key)
    {
        if (HasMembers(entry))
        {
            (_path ??= []).Add(_within == 0 ? $"{member.PathName}.{key}.member" : $"{key}.member");
            (_outer ??= []).Push(_within);
            _within = entry is RecordShape ? 0 : _within + 1;
        }
    }

    internal void Leave(Shape entry)
    {
        if (HasMembers(entry))
        {
            Leave();
            _within = _outer!.Pop();
        }
    }

    private static bool HasMembers(Shape entry) => entry is RecordShape or ListShape { Element: RecordShape } or MapShape { Value: RecordShape };

    /// <summary>Checks a record's values before it is made.</summary>
    internal void Check(RecordShape shape, ReadOnlySpan<object?> values)
    {
        foreach (var member in shape.Members)
        {
            var value = values[member.Index];
            if (value is not null)
            {
                Check(member, value);
            }
            else if (member.Required)
            {
                Add(member, null, "Member must not be null");
            }
        }
    }

    /// <exception cref="CommonException">The input has errors (<c>ValidationException</c>).</exception>
    public void ThrowIfFailed()
    {
        if (_errors is null)
        {
            return;
        }

        var plural = _count == 1 ? "" : "s";
        throw CommonException.Validation($"{_count} validation error{plural} detected: {string.Join("; ", _errors)}");
    }

    /// <summary>A value that is none of an enumeration's.</summary>
    internal void FailEnum(Member member, string value, EnumShape shape) =>
        Add(member, value, $"Member must satisfy enum value set: [{string.Join(", ", shape.Names)}]");

    /// <summary>A list or map of the member that contains a null.</summary>
    internal void FailNullEntry(Member member, bool isMap) => Add(
        member, isMap ? "{null}" : "[null]", $"{(isMap ? "Map value" : "Member")} must satisfy constraint: [Member must not be null]");

    private void Check(Member member, object value)
    {
        var constraints = member.Constraints;
        if (constraints.Length == 0)
        {
            return;
        }

        var elements = value.GetType() == typeof(byte[]) ? null : value as IList;
        var failed = false;
        foreach (var constraint in constraints)
        {
            if (elements is null || !constraint.OfElements)
            {
                if (!constraint.Holds(value))
                {
                    Add(member, value, constraint.Text);
                }
            }
            else
            {
                failed |= !HoldsForAll(constraint, elements);
            }
        }

        if (failed)
        {
            Add(member, value, $"Member must satisfy constraint: [{ElementText(constraints)}]");
        }
    }

    private static bool HoldsForAll(Constraint constraint, IList elements)
    {
        foreach (var element in elements)
        {
            if (element is null || !constraint.Holds(element))
            {
                return false;
            }
        }

        return true;
    }

    private static string ElementText(Constraint[] constraints)
    {
        var text = new StringBuilder();
        foreach (var constraint in constraints)
        {
            if (constraint.OfElements)
            {
                text.Append(constraint.Text).Append(", ");
            }
        }

        return text.Append("Member must not be null").ToString();
    }

    private void Add(Member member, object? value, string constraint)
    {
        _count++;
        _errors ??= [];
        if (_errors.Count >= MaxErrors)
        {
            return;
        }

        var path = _path is not { Count: > 0 } ? member.PathName : $"{string.Join('.', _path)}.{member.PathName}";
        var quoted = value is null ? "null" : $"'{Quote(value)}'";
        _errors.Add($"Value {quoted} at '{path}' failed to satisfy constraint: {constraint}");
    }

    private static string Quote(object value)
    {
        var text = value switch
        {
            string plain => plain,
            bool flag => flag ? "true" : "false",
            byte[] or ReadOnlyMemory<byte> => "[B",
            IDictionary map => $"{{{Join(map)}}}",
            IList list => $"[{Join(list)}]",
            _ => value.ToString() ?? "",
        };
        return text.Length <= MaxQuoted ? text : string.Concat(text.AsSpan(0, MaxQuoted), "...");
    }

    private static string Join(IList list)
    {
        var text = new StringBuilder();
        foreach (var item in list)
        {
            text.Append(text.Length == 0 ? "" : ", ").Append(item is null ? "null" : Quote(item));
            if (text.Length > MaxQuoted)
            {
                break;
            }
        }

        return text.ToString();
    }

    private static string Join(IDictionary map)
    {
        var text = new StringBuilder();
        foreach (DictionaryEntry entry in map)
        {
            text.Append(text.Length == 0 ? "" : ", ").Append(entry.Key).Append('=').Append(entry.Value is null ? "null" : Quote(entry.Value));
            if (text.Length > MaxQuoted)
            {
                break;
            }
        }

        return text.ToString();
    }
}
