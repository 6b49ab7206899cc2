using System.Xml;

namespace Petrel.Wire.Xml;

/// <summary>Reads a document into nodes. Names lose their prefixes; document types, and with them entities of the sender's own, are refused.</summary>
internal static class XmlInput
{
    private const int MaxDepth = 64;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersFromEntities = 1_024,
        CloseInput = true,
    };

    /// <exception cref="CommonException">The text is no XML document (<c>MalformedXML</c>).</exception>
    public static TextNode Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var stream = new MemoryStream(body.ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, Settings);
            reader.MoveToContent();
            var root = ReadElement(reader, 0);
            while (reader.Read())
            {
                // What may follow the document's element is white space; the reader refuses anything else.
            }

            return root;
        }
        catch (XmlException malformed)
        {
            throw Malformed(malformed.Message);
        }
    }

    private static TextNode ReadElement(XmlReader reader, int depth)
    {
        if (reader.NodeType != XmlNodeType.Element || depth > MaxDepth)
        {
            throw Malformed(depth > MaxDepth ? "Elements are nested too deeply." : "There is no element.");
        }

        var node = new TextNode(reader.LocalName);
        var isEmpty = reader.IsEmptyElement;
        ReadAttributes(reader, node);
        if (isEmpty)
        {
            node.Text = "";
            return node;
        }

        while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                node.Add(ReadElement(reader, depth + 1));
            }
            else
            {
                node.Text += reader.Value;
            }
        }

        node.Text ??= "";
        return node;
    }

    /// <summary>Attributes are members too where a service has them (<c>xsi:type</c>); declarations of namespaces are not.</summary>
    private static void ReadAttributes(XmlReader reader, TextNode node)
    {
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns")
            {
                node.Add(new TextNode(reader.Name) { Text = reader.Value });
            }
        }

        reader.MoveToElement();
    }

    private static CommonException Malformed(string message) =>
        new("MalformedXML", $"The XML you provided was not well-formed or did not validate against our published schema: {message}", 400);
}
