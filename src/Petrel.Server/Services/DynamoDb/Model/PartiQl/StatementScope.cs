using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

/// <summary>
/// The names and literals of a statement as the placeholders of an expression, so that conditions and updates of both languages are the
/// same objects, with the same checks.
/// </summary>
internal sealed class StatementScope
{
    private readonly Dictionary<string, string> _names = [];
    private readonly AttributeMapBuilder _values = new();

    public PathPart Name(string name)
    {
        var placeholder = $"#{_names.Count}";
        _names.Add(placeholder, name);
        return new PathPart(placeholder, -1);
    }

    public ValueSyntax Value(AttributeValue value)
    {
        var placeholder = $":{_values.Count}";
        _values.Set(placeholder, value);
        return new ValueSyntax(placeholder);
    }

    public string NameOf(PathPart part) => _names[part.Name!];

    public AttributeValue ValueOf(ValueSyntax value) => _values.TryGet(value.Name, out var found) ? found : AttributeValue.Null;

    public ExpressionScope ToExpressions() => new(_names.Count == 0 ? null : _names, _values.Count == 0 ? null : _values.Build());
}
