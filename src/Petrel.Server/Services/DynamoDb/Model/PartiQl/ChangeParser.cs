using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

/// <summary>Parses the SET and REMOVE clauses of an UPDATE into the syntax of update expressions.</summary>
internal sealed class ChangeParser(StatementReader reader, StatementScope scope, LiteralParser literals, WhereParser where)
{
    private readonly List<UpdateActionSyntax> _actions = [];

    public ParsedUpdate Read()
    {
        while (true)
        {
            if (reader.TrySkipWord("SET"))
            {
                ReadAll(Set);
            }
            else if (reader.TrySkipWord("REMOVE"))
            {
                ReadAll(() => new UpdateActionSyntax(UpdateKind.Remove, where.Path(), null));
            }
            else
            {
                break;
            }
        }

        if (_actions.Count == 0)
        {
            throw StatementError.Malformed("Expected data manipulation");
        }

        var sections = _actions.GroupBy(action => action.Kind).Select(group => new UpdateSectionSyntax(group.Key, [.. group]));
        return new ParsedUpdate([.. sections], _actions.Count);
    }

    private void ReadAll(Func<UpdateActionSyntax> read)
    {
        do
        {
            _actions.Add(read());
        }
        while (reader.TrySkip(","));
    }

    private UpdateActionSyntax Set()
    {
        var path = where.Path();
        reader.Expect("=", "Expected = in SET");
        if (reader.Token.Kind == StatementTokenKind.Word && reader.Following.IsSymbol("(") && !reader.Token.IsWord("list_append"))
        {
            return SetOperation(path);
        }

        var value = Operand();
        if (reader.Token.IsSymbol("+") || reader.Token.IsSymbol("-"))
        {
            var isSum = reader.Take().Value == "+";
            value = new ArithmeticSyntax(isSum, value, Operand());
        }

        return new UpdateActionSyntax(UpdateKind.Set, path, value);
    }

    private OperandSyntax Operand()
    {
        if (literals.TryRead() is { } literal)
        {
            return scope.Value(literal);
        }

        if (!reader.Token.IsWord("list_append") || !reader.Following.IsSymbol("("))
        {
            return where.Path(reader.IsAtEnd ? "Missing right-hand side expression of infix operator" : "Unexpected term");
        }

        reader.Take();
        reader.Expect("(", "Unexpected term");
        reader.Enter();
        var arguments = new List<OperandSyntax>();
        do
        {
            arguments.Add(Operand());
        }
        while (reader.TrySkip(","));
        reader.Leave();
        reader.Expect(")", "Expected a closing parenthesis");
        return new FunctionSyntax("list_append", [.. arguments]);
    }

    /// <summary><c>tags = set_add(tags, &lt;&lt;'x'&gt;&gt;)</c>, and the same with set_delete.</summary>
    private UpdateActionSyntax SetOperation(PathSyntax target)
    {
        var token = reader.Take();
        var name = token.Value.ToUpperInvariant();
        if (name is not ("SET_ADD" or "SET_DELETE"))
        {
            throw StatementError.Of($"Unrecognized function: {token.Value.ToLowerInvariant()} at {token.Position}");
        }

        reader.Expect("(", "Unexpected term");
        var first = reader.Token;
        var path = literals.TryRead() is null ? where.Path() : null;
        var members = reader.TrySkip(",") ? literals.TryRead() : null;
        if (members is null || !reader.TrySkip(")"))
        {
            throw StatementError.Of($"{name} must have exactly two arguments at {token.Position}");
        }

        if (path is null || !IsSame(path, target))
        {
            throw StatementError.Of($"The first argument to {name} must equal the assignment value at {token.Position}");
        }

        return members.Type.IsSet
            ? new UpdateActionSyntax(name == "SET_ADD" ? UpdateKind.Add : UpdateKind.Delete, target, scope.Value(members))
            : throw StatementError.Of($"The second argument to {name} must be a value with type SET at {first.Position}");
    }

    private bool IsSame(PathSyntax left, PathSyntax right)
    {
        if (left.Parts.Length != right.Parts.Length)
        {
            return false;
        }

        for (var i = 0; i < left.Parts.Length; i++)
        {
            var (a, b) = (left.Parts[i], right.Parts[i]);
            if (a.Index != b.Index || (a.Name is null) != (b.Name is null) || (a.Name is not null && scope.NameOf(a) != scope.NameOf(b)))
            {
                return false;
            }
        }

        return true;
    }
}
