using System.Reflection;

namespace Petrel.Wire.Shapes;

/// <summary>A positional record: members in the order of its parameters, and the constructor that takes them.</summary>
public sealed class RecordShape : Shape
{
    private readonly ConstructorInvoker _constructor;

    /// <param name="labels">Labels of the operation's path; members of these names travel there.</param>
    internal RecordShape(Type type, ShapeTable table, IReadOnlyCollection<string> labels)
        : base(ShapeKind.Record, type)
    {
        var constructor = PrimaryConstructor(type);
        _constructor = ConstructorInvoker.Create(constructor);
        var parameters = constructor.GetParameters();
        Members = new Member[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            Members[i] = new Member(i, parameters[i], type, table, labels);
            switch (Members[i].Location)
            {
                case MemberLocation.Payload:
                    Payload = Members[i];
                    break;
                case MemberLocation.Status:
                    Status = Members[i];
                    break;
                case MemberLocation.Events:
                    Events = Members[i];
                    break;
                case MemberLocation.Body:
                    HasBody = true;
                    break;
            }
        }
    }

    public Member[] Members { get; }

    /// <summary>The member that is the whole body.</summary>
    public Member? Payload { get; }

    public Member? Status { get; }

    public Member? Events { get; }

    /// <summary>Some member travels in the body beside others.</summary>
    public bool HasBody { get; }

    /// <summary>The record's name on the wire, for XML elements and events.</summary>
    public string Name => Type.Name;

    public Member? Find(ReadOnlySpan<char> wireName)
    {
        foreach (var member in Members)
        {
            if (wireName.SequenceEqual(member.Name))
            {
                return member;
            }
        }

        return null;
    }

    /// <summary>Makes the record; the values have been checked, and missing ones are given their defaults here.</summary>
    internal object Create(Span<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] ??= Members[i].Default;
        }

        return _constructor.Invoke(values);
    }

    private static ConstructorInfo PrimaryConstructor(Type type)
    {
        ConstructorInfo? primary = null;
        foreach (var candidate in type.GetConstructors())
        {
            var parameters = candidate.GetParameters();
            var copies = parameters.Length == 1 && parameters[0].ParameterType == type;
            if (!copies && (primary is null || parameters.Length > primary.GetParameters().Length))
            {
                primary = candidate;
            }
        }

        return primary is not null && !type.IsAbstract
            ? primary
            : throw new ContractException($"{type} cannot travel: it is no scalar, list, map or positional record.");
    }
}

/// <summary>A sequence of events: one record type, or a base record whose derived records are the kinds of event.</summary>
public sealed class EventsShape : Shape
{
    private readonly ShapeTable _table;

    internal EventsShape(Type type, Type element, ShapeTable table)
        : base(ShapeKind.Events, type)
    {
        _table = table;
        ElementType = element;
    }

    public Type ElementType { get; }

    public RecordShape Event(object item) => _table.Record(item.GetType());
}
