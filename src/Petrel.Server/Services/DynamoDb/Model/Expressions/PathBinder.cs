using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions;

/// <summary>Replaces the placeholders of paths and values, and remembers which attributes an expression names.</summary>
/// <param name="undefinedValue">The kind of error of a value that is not defined; conditions put it in one place with names.</param>
internal sealed class PathBinder(ExpressionScope scope, BindErrors errors, BindError undefinedValue = BindError.UndefinedValue)
{
    private readonly List<string> _attributes = [];
    private readonly List<string> _nested = [];

    public IReadOnlyCollection<string> Attributes => _attributes;

    public IReadOnlyCollection<string> NestedAttributes => _nested;

    /// <summary>Null where a name of the path is not defined.</summary>
    public DocumentPath? Bind(PathSyntax syntax)
    {
        if (syntax.Parts.Length > DocumentPath.MaxLength)
        {
            errors.Add(BindError.Limit, $"The document path has too many nesting levels; nesting levels: {syntax.Parts.Length}");
            return null;
        }

        var elements = new PathElement[syntax.Parts.Length];
        var isDefined = true;
        for (var i = 0; i < elements.Length; i++)
        {
            var part = syntax.Parts[i];
            var name = part.IsReference ? Resolve(part.Name!) : part.Name;
            isDefined &= part.Name is null || name is not null;
            if (name is not null && !part.IsReference && ReservedWords.Contains(name))
            {
                errors.Add(BindError.Reserved, $"Attribute name is a reserved keyword; reserved keyword: {name}");
            }

            elements[i] = new PathElement(name, part.Index);
        }

        if (!isDefined)
        {
            return null;
        }

        var path = new DocumentPath(elements);
        Remember(path);
        return path;
    }

    /// <summary>Null where the value is not defined.</summary>
    public AttributeValue? Bind(ValueSyntax syntax)
    {
        var value = scope.Value(syntax.Name);
        if (value is null)
        {
            errors.Add(
                undefinedValue,
                $"An expression attribute value used in expression is not defined; attribute value: {syntax.Name}");
        }

        return value;
    }

    private string? Resolve(string placeholder)
    {
        var name = scope.Name(placeholder);
        if (name is null)
        {
            errors.Add(
                BindError.UndefinedName,
                $"An expression attribute name used in the document path is not defined; attribute name: {placeholder}");
        }

        return name;
    }

    private void Remember(DocumentPath path)
    {
        if (!_attributes.Contains(path.Attribute))
        {
            _attributes.Add(path.Attribute);
        }

        if (path.IsNested && !_nested.Contains(path.Attribute))
        {
            _nested.Add(path.Attribute);
        }
    }
}
