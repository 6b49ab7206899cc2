using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

namespace Petrel.Server.Services.DynamoDb.Model.PartiQl;

/// <summary>Parses SELECT, INSERT, UPDATE, DELETE and EXISTS as the service documents them.</summary>
internal sealed class StatementParser
{
    private readonly StatementReader _reader;
    private readonly StatementScope _scope = new();
    private readonly LiteralParser _literals;
    private readonly WhereParser _where;

    private StatementParser(StatementReader reader)
    {
        _reader = reader;
        _literals = new LiteralParser(reader);
        _where = new WhereParser(reader, _scope, _literals);
    }

    /// <exception cref="Petrel.Wire.CommonException">The text is no statement, or not with these parameters (<c>ValidationException</c>).</exception>
    public static Statement Parse(string text, IReadOnlyList<AttributeValue>? parameters)
    {
        var reader = new StatementReader(text, parameters ?? []);
        var statement = new StatementParser(reader).Statement();
        reader.Finish();
        return statement;
    }

    private Statement Statement()
    {
        var token = _reader.Take();
        return token.IsWord("SELECT") ? Select()
            : token.IsWord("INSERT") ? Insert()
            : token.IsWord("UPDATE") ? Update()
            : token.IsWord("DELETE") ? Delete()
            : token.IsWord("FROM") ? FromFirst()
            : token.IsWord("EXISTS") ? Exists()
            : throw StatementError.Malformed("Expected data manipulation");
    }

    private SelectStatement Select()
    {
        var paths = _reader.TrySkip("*") ? null : Projection();
        _reader.ExpectWord("FROM", "Expected FROM after the projection");
        var table = Table("Unexpected term", out var index);
        return new SelectStatement(table, index, paths, _scope) { Where = Where(), Order = Order() };
    }

    private PathSyntax[] Projection()
    {
        var paths = new List<PathSyntax>();
        do
        {
            if (_reader.Token.Kind == StatementTokenKind.Word && _reader.Following.IsSymbol("("))
            {
                throw StatementError.Of($"Unexpected path component at {_reader.Token.Position}");
            }

            paths.Add(_where.Path());
        }
        while (_reader.TrySkip(","));
        return [.. paths];
    }

    private List<OrderTerm> Order()
    {
        var terms = new List<OrderTerm>();
        if (!_reader.TrySkipWord("ORDER"))
        {
            return terms;
        }

        _reader.ExpectWord("BY", "Expected BY after ORDER");
        do
        {
            var path = _where.Path();
            if (path.Parts.Length > 1)
            {
                throw StatementError.Of("ORDER BY takes key attributes only");
            }

            var isDescending = _reader.TrySkipWord("DESC");
            if (!isDescending)
            {
                _reader.TrySkipWord("ASC");
            }

            terms.Add(new OrderTerm(_scope.NameOf(path.Parts[0]), isDescending));
        }
        while (_reader.TrySkip(","));
        return terms;
    }

    private InsertStatement Insert()
    {
        _reader.ExpectWord("INTO", "Expected INTO after INSERT");
        var table = TablePath("Expected identifier for simple path", out var index);
        if (index is not null)
        {
            throw StatementError.Of("An index cannot be written");
        }

        _reader.ExpectWord("VALUE", "Unexpected token after expression");
        return new InsertStatement(table, _literals.Item(), _scope);
    }

    private UpdateStatement Update()
    {
        var table = Table("Expected identifier for simple path", out _);
        var changes = new ChangeParser(_reader, _scope, _literals, _where).Read();
        return new UpdateStatement(table, changes, _scope) { Where = Where(), Returning = ReadReturning() };
    }

    /// <summary>The form of an update that begins with its table and condition.</summary>
    private UpdateStatement FromFirst()
    {
        var table = Table("Unexpected term", out _);
        var where = Where();
        var changes = new ChangeParser(_reader, _scope, _literals, _where).Read();
        return new UpdateStatement(table, changes, _scope) { Where = where, Returning = ReadReturning() };
    }

    private DeleteStatement Delete()
    {
        _reader.ExpectWord("FROM", "Expected FROM after DELETE");
        var table = Table("Expected identifier for simple path", out _);
        var where = Where();
        var returning = ReadReturning();
        return returning is Returning.Nothing or Returning.AllOld
            ? new DeleteStatement(table, _scope) { Where = where, Returning = returning }
            : throw StatementError.Of(
                $"Invalid returning clause: RETURNING {Text(returning)} *. Only RETURNING ALL OLD * is allowed in DELETE statements.");
    }

    private ExistsStatement Exists()
    {
        _reader.Expect("(", "Expected a SELECT after EXISTS");
        _reader.ExpectWord("SELECT", "Expected a SELECT after EXISTS");
        var select = Select();
        _reader.Expect(")", "Expected a closing parenthesis");
        return new ExistsStatement(select);
    }

    private ConditionSyntax? Where() => _reader.TrySkipWord("WHERE") ? _where.Condition() : null;

    /// <summary>A table that must not get a name of its own here.</summary>
    private string Table(string otherwise, out string? index)
    {
        var table = TablePath(otherwise, out index);
        return _reader.Token.IsName() || _reader.Token.IsWord("AS") ? throw StatementError.Of("Aliasing is not supported") : table;
    }

    private string TablePath(string otherwise, out string? index)
    {
        var parts = new List<string>(2);
        do
        {
            if (!_reader.Token.IsName())
            {
                throw StatementError.Malformed(otherwise);
            }

            parts.Add(_reader.Take().Value);
        }
        while (_reader.TrySkip("."));
        if (parts.Contains(""))
        {
            throw StatementError.Of("Path component cannot be an empty string");
        }

        index = parts.Count > 1 ? parts[1] : null;
        return parts.Count <= 2 ? parts[0] : throw StatementError.Of("A path may contain at most 2 components in the FROM clause");
    }

    private Returning ReadReturning()
    {
        if (!_reader.TrySkipWord("RETURNING"))
        {
            return Returning.Nothing;
        }

        var isAll = _reader.TrySkipWord("ALL");
        if (!isAll)
        {
            _reader.ExpectWord("MODIFIED", "Expected ALL or MODIFIED after RETURNING");
        }

        var isOld = _reader.TrySkipWord("OLD");
        if (!isOld)
        {
            _reader.ExpectWord("NEW", "Expected OLD or NEW in RETURNING");
        }

        _reader.Expect("*", "Expected * in RETURNING");
        return isAll ? isOld ? Returning.AllOld : Returning.AllNew : isOld ? Returning.ModifiedOld : Returning.ModifiedNew;
    }

    private static string Text(Returning returning) => returning switch
    {
        Returning.AllNew => "ALL NEW",
        Returning.ModifiedOld => "MODIFIED OLD",
        _ => "MODIFIED NEW",
    };
}
