namespace Petrel.Wire.Xml;

/// <summary>An element of an XML document, or a level of a form's dotted names.</summary>
internal sealed class TextNode(string name)
{
    private List<TextNode>? _children;

    public string Name { get; } = name;

    public string? Text { get; set; }

    public IReadOnlyList<TextNode> Children => _children ?? (IReadOnlyList<TextNode>)[];

    public void Add(TextNode child) => (_children ??= []).Add(child);

    public TextNode? Find(string name)
    {
        foreach (var child in Children)
        {
            if (child.Name == name)
            {
                return child;
            }
        }

        return null;
    }
}
