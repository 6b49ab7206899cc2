using System.Buffers;
using System.Collections;
using Petrel.Wire.Shapes;
using Petrel.Wire.Validation;

namespace Petrel.Wire.Xml;

/// <summary>How lists and maps stand in a tree of nodes: the one thing in which XML and forms differ.</summary>
internal abstract class TextDialect
{
    /// <summary>The entries of a list member, in order; null when the member is not there.</summary>
    public abstract IReadOnlyList<TextNode>? Entries(TextNode parent, Member member);

    /// <summary>The entries of a list within a list.</summary>
    public abstract IReadOnlyList<TextNode> Entries(TextNode list);
}

/// <summary>Reads records from XML documents and forms.</summary>
internal static class TextShapeReader
{
    public static void ReadMembers(
        TextNode node, RecordShape shape, Span<object?> values, TextDialect dialect, InputCheck check, bool bodyMembersOnly = false)
    {
        foreach (var member in shape.Members)
        {
            if (!bodyMembersOnly || member.Location == MemberLocation.Body)
            {
                values[member.Index] = ReadMember(node, member, dialect, check);
            }
        }
    }

    public static object ReadRecord(TextNode node, RecordShape shape, TextDialect dialect, InputCheck check)
    {
        var rented = ArrayPool<object?>.Shared.Rent(shape.Members.Length);
        var values = rented.AsSpan(0, shape.Members.Length);
        values.Clear();
        ReadMembers(node, shape, values, dialect, check);
        check.Check(shape, values);
        var record = shape.Create(values);
        ArrayPool<object?>.Shared.Return(rented, clearArray: true);
        return record;
    }

    private static object? ReadMember(TextNode parent, Member member, TextDialect dialect, InputCheck check) => member.Shape switch
    {
        ListShape list => dialect.Entries(parent, member) is { } entries ? ReadList(entries, list, member, dialect, check) : null,
        MapShape map => dialect.Entries(parent, member) is { } entries ? ReadMap(entries, map, member, dialect, check) : null,
        _ => parent.Find(member.Name) is { } node ? ReadValue(node, member.Shape, member, dialect, check) : null,
    };

    private static object? ReadValue(TextNode node, Shape shape, Member member, TextDialect dialect, InputCheck check)
    {
        switch (shape)
        {
            case RecordShape record:
                check.Enter(member);
                var nested = ReadRecord(node, record, dialect, check);
                check.Leave();
                return nested;
            case ListShape list:
                return ReadList(dialect.Entries(node), list, member, dialect, check);
            case MapShape map:
                return ReadMap(dialect.Entries(node), map, member, dialect, check);
            case EnumShape names:
                if (names.Find(node.Text ?? "") is { } value)
                {
                    return value;
                }

                check.FailEnum(member, node.Text ?? "", names);
                return null;
            default:
                return ScalarText.Parse(node.Text ?? "", shape, member.Timestamp);
        }
    }

    private static object ReadList(IReadOnlyList<TextNode> entries, ListShape shape, Member member, TextDialect dialect, InputCheck check)
    {
        var list = shape.Start();
        foreach (var entry in entries)
        {
            check.Enter(member, shape.Element, list.Count);
            AddTo(list, ReadEntry(entry, shape.Element, member, dialect, check));
            check.Leave(shape.Element);
        }

        return shape.Finish(list);
    }

    private static void AddTo(IList list, object? value)
    {
        if (value is not null)
        {
            list.Add(value);
        }
    }

    private static object ReadMap(IReadOnlyList<TextNode> entries, MapShape shape, Member member, TextDialect dialect, InputCheck check)
    {
        var map = shape.Start();
        foreach (var entry in entries)
        {
            var key = (entry.Find("key") ?? entry.Find("Name"))?.Text;
            var value = entry.Find("value") ?? entry.Find("Value");
            if (key is null || value is null)
            {
                check.FailNullEntry(member, isMap: true);
                continue;
            }

            check.Enter(member, shape.Value, key);
            map[key] = ReadEntry(value, shape.Value, member, dialect, check);
            check.Leave(shape.Value);
        }

        return map;
    }

    private static object? ReadEntry(TextNode node, Shape shape, Member member, TextDialect dialect, InputCheck check) =>
        shape is RecordShape record ? ReadRecord(node, record, dialect, check) : ReadValue(node, shape, member, dialect, check);
}

/// <summary>XML: a list is an element of elements, or, flattened, the repeated element itself.</summary>
internal sealed class XmlDialect : TextDialect
{
    public static readonly XmlDialect Instance = new();

    public override IReadOnlyList<TextNode>? Entries(TextNode parent, Member member)
    {
        if (!member.XmlList.Flattened)
        {
            return parent.Find(member.Name) is { } list ? Entries(list) : null;
        }

        var repeated = new List<TextNode>();
        foreach (var child in parent.Children)
        {
            if (child.Name == member.Name)
            {
                repeated.Add(child);
            }
        }

        return repeated.Count == 0 ? null : repeated;
    }

    public override IReadOnlyList<TextNode> Entries(TextNode list) => list.Children;
}
