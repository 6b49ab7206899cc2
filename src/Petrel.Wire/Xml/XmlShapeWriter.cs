using System.Collections;
using Petrel.Wire.Shapes;

namespace Petrel.Wire.Xml;

/// <summary>Writes records as XML elements; members that are null are left out.</summary>
internal static class XmlShapeWriter
{
    public static void WriteMembers(XmlOutput output, RecordShape shape, object record, bool bodyMembersOnly)
    {
        foreach (var member in shape.Members)
        {
            if ((!bodyMembersOnly || member.Location == MemberLocation.Body) && member.Get(record) is { } value)
            {
                WriteMember(output, member, value);
            }
        }
    }

    /// <summary>A value without a member: further members of errors.</summary>
    public static void WriteLoose(XmlOutput output, string name, object value, ShapeTable shapes)
    {
        var shape = shapes.Get(value.GetType());
        output.Start(name);
        WriteContent(output, shape, value, Plain, TimestampFormat.Default);
        output.End(name);
    }

    private static readonly XmlListAttribute Plain = new();

    private static void WriteMember(XmlOutput output, Member member, object value)
    {
        if (member.XmlList.Flattened && member.Shape is ListShape list)
        {
            foreach (var item in (IEnumerable)value)
            {
                WriteElement(output, member.Name, list.Element, item, member);
            }

            return;
        }

        if (member.XmlList.Flattened && member.Shape is MapShape map)
        {
            foreach (var (key, entry) in map.Entries(value))
            {
                output.Start(member.Name);
                WriteEntry(output, map, key, entry, member.XmlList, member.Timestamp);
                output.End(member.Name);
            }

            return;
        }

        WriteElement(output, member.Name, member.Shape, value, member);
    }

    private static void WriteElement(XmlOutput output, string name, Shape shape, object value, Member member)
    {
        output.Start(name);
        WriteContent(output, shape, value, member.XmlList, member.Timestamp);
        output.End(name);
    }

    private static void WriteContent(XmlOutput output, Shape shape, object value, XmlListAttribute names, TimestampFormat format)
    {
        switch (shape)
        {
            case RecordShape record:
                WriteMembers(output, record, value, bodyMembersOnly: false);
                break;
            case ListShape list:
                foreach (var item in (IEnumerable)value)
                {
                    output.Start(names.Member);
                    WriteContent(output, list.Element, item, Plain, format);
                    output.End(names.Member);
                }

                break;
            case MapShape map:
                foreach (var (key, entry) in map.Entries(value))
                {
                    output.Start("entry");
                    WriteEntry(output, map, key, entry, Plain, format);
                    output.End("entry");
                }

                break;
            default:
                output.Text(ScalarText.Format(value, shape, format));
                break;
        }
    }

    private static void WriteEntry(
        XmlOutput output, MapShape map, string key, object? value, XmlListAttribute names, TimestampFormat format)
    {
        output.Element("key", key);
        output.Start("value");
        if (value is not null)
        {
            WriteContent(output, map.Value, value, names, format);
        }

        output.End("value");
    }
}
