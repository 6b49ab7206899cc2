using System.Globalization;
using System.Text;
using Petrel.Wire.Rest;
using Petrel.Wire.Shapes;
using Petrel.Wire.Xml;

namespace Petrel.Wire.Query;

/// <summary>Reads a form whose dotted names make a tree: <c>Tags.member.1.Key=a</c>.</summary>
internal static class FormInput
{
    /// <summary>More than any request of the query services needs.</summary>
    private const int MaxParameters = 10_000;

    private const int MaxDepth = 32;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static TextNode Read(ReadOnlySpan<char> rawQuery, ReadOnlySpan<byte> body)
    {
        var root = new TextNode("");
        var tree = new Dictionary<(TextNode Parent, string Name), TextNode>();
        var count = 0;
        Add(root, tree, rawQuery, ref count);
        try
        {
            Add(root, tree, Strict.GetString(body), ref count);
        }
        catch (DecoderFallbackException)
        {
            MalformedInput.Throw("The form is not valid UTF-8.");
        }

        return root;
    }

    private static void Add(
        TextNode root, Dictionary<(TextNode Parent, string Name), TextNode> tree, ReadOnlySpan<char> form, ref int count)
    {
        var reader = new QueryReader(form);
        while (reader.Next())
        {
            if (++count > MaxParameters)
            {
                MalformedInput.Throw($"The form has more than {MaxParameters} parameters.");
            }

            var name = PercentEncoding.Decode(reader.RawName, plusIsSpace: true);
            Locate(root, tree, name).Text = PercentEncoding.Decode(reader.RawValue, plusIsSpace: true);
        }
    }

    private static TextNode Locate(TextNode root, Dictionary<(TextNode Parent, string Name), TextNode> tree, string name)
    {
        var node = root;
        var depth = 0;
        foreach (var range in name.AsSpan().Split('.'))
        {
            if (++depth > MaxDepth)
            {
                MalformedInput.Throw("The name of a parameter has too many parts.");
            }

            var part = name[range];
            if (!tree.TryGetValue((node, part), out var child))
            {
                child = new TextNode(part);
                node.Add(child);
                tree.Add((node, part), child);
            }

            node = child;
        }

        return node;
    }
}

/// <summary>Forms: entries are numbered from one, below <c>member</c> (or <c>entry</c>, for maps) unless flattened.</summary>
internal sealed class FormDialect : TextDialect
{
    public static readonly FormDialect Instance = new();

    public override IReadOnlyList<TextNode>? Entries(TextNode parent, Member member)
    {
        if (parent.Find(member.Name) is not { } node)
        {
            return null;
        }

        return Entries(node.Find(member.XmlList.Member) ?? node.Find("member") ?? node.Find("entry") ?? node);
    }

    public override IReadOnlyList<TextNode> Entries(TextNode list)
    {
        var numbered = new List<(int Number, TextNode Node)>();
        foreach (var child in list.Children)
        {
            if (int.TryParse(child.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                numbered.Add((number, child));
            }
        }

        numbered.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        return numbered.ConvertAll(static entry => entry.Node);
    }
}
