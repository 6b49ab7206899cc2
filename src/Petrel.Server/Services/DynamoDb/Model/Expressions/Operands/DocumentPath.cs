using System.Text;
using Petrel.Aws.DynamoDb;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;

/// <summary>A place in an item, with its placeholders replaced.</summary>
internal sealed class DocumentPath(PathElement[] elements) : IEquatable<DocumentPath>
{
    /// <summary>Levels of a path, as the service's limits give them.</summary>
    public const int MaxLength = 32;

    public PathElement[] Elements { get; } = elements;

    /// <summary>The name of the attribute in which the place is.</summary>
    public string Attribute => Elements[0].Name!;

    public bool IsNested => Elements.Length > 1;

    /// <summary>The value at the place; null where there is none.</summary>
    public AttributeValue? Find(AttributeMap item)
    {
        var found = item.TryGetValue(Attribute, out var value) ? value : null;
        for (var i = 1; i < Elements.Length && found is not null; i++)
        {
            found = Elements[i].In(found);
        }

        return found;
    }

    public bool Equals(DocumentPath? other) => other is not null && Elements.AsSpan().SequenceEqual(other.Elements);

    public override bool Equals(object? obj) => Equals(obj as DocumentPath);

    public override int GetHashCode() => HashCode.Combine(Elements.Length, Attribute);

    /// <summary>As errors write it: <c>[a, b, [2]]</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("[");
        foreach (var element in Elements)
        {
            text.Append(text.Length == 1 ? "" : ", ").Append(element);
        }

        return text.Append(']').ToString();
    }
}

/// <param name="Name">A name in a map; null for a place in a list.</param>
internal readonly record struct PathElement(string? Name, int Index)
{
    /// <summary>The value at this step inside another one; null where there is none.</summary>
    public AttributeValue? In(AttributeValue container) => Name is null
        ? container.Type == AttributeType.List && Index < container.Items.Count ? container.Items[Index] : null
        : container.Type == AttributeType.Map && container.Map.TryGetValue(Name, out var value) ? value : null;

    public override string ToString() => Name ?? $"[{Index}]";
}
