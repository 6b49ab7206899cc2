using CsCheck;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.PartiQl;
using Petrel.Tests.DynamoDb.Values;
using Petrel.Wire;

namespace Petrel.Tests.DynamoDb.PartiQl;

public sealed class StatementParserTests
{
    private const string NotWellFormed = "Statement wasn't well formed, can't be processed: ";

    private static readonly List<AttributeValue> Parameters = [.. Attributes.Read("""{"a":{"S":"x"},"b":{"N":"2"}}""").Values];

    [Theory]
    [InlineData("SELECT * FROM t")]
    [InlineData("select * from \"t\".\"index\" where p = 'x' order by s desc;")]
    [InlineData("SELECT a.b[1], \"name\" FROM t WHERE (p = 'it''s' OR NOT p <> 'y') AND s BETWEEN -1 AND 1.5e3 AND q IN [1, 2] AND r IN ('a')")]
    [InlineData("SELECT * FROM t -- all\nWHERE a IS NOT MISSING /* or */ AND b IS NULL AND attribute_type(c, 'S') AND size(d) > 1")]
    [InlineData("INSERT INTO t VALUE {'p': 'x', 'n': .5, 'l': [true, null, {'a': <<1, 2>>}], 'b': <<'a'>>}")]
    [InlineData("UPDATE t SET a = 1, b = b + 1 SET c = list_append(c, ['x']) REMOVE d[0], e WHERE p = 'x' RETURNING MODIFIED NEW *")]
    [InlineData("UPDATE t SET tags = set_add(tags, <<'a'>>) WHERE p = 'x'")]
    [InlineData("FROM t WHERE p = 'x' SET a = 1")]
    [InlineData("DELETE FROM t WHERE p = 'x' RETURNING ALL OLD *")]
    [InlineData("EXISTS(SELECT * FROM t WHERE p = 'x' AND a = 1)")]
    public void Parse_Statement_IsRead(string text) => Assert.Equal("t", StatementParser.Parse(text, null).Table);

    [Fact]
    public void Parse_Parameters_AreTakenInOrder()
    {
        var insert = Assert.IsType<InsertStatement>(StatementParser.Parse("INSERT INTO t VALUE {'p': ?, 'l': [?]}", Parameters));
        Assert.Equal("""{"p":{"S":"x"},"l":{"L":[{"N":"2"}]}}""", Attributes.Write(insert.Item));
        Assert.Equal(
            "Number of parameters in request and statement don't match.", Refusal("SELECT * FROM t WHERE p = ?", Parameters));
        Assert.Equal(
            "Number of parameters in request and statement don't match.", Refusal("SELECT * FROM t WHERE p = ? AND q = ? AND r = ?", Parameters));
    }

    [Theory]
    [InlineData("SLECT * FROM t", NotWellFormed + "Expected data manipulation")]
    [InlineData("SELECT * FROM t WHERE pk = 1 foo", NotWellFormed + "Unexpected token after expression")]
    [InlineData("SELECT * FROM t WHERE pk = 1)", NotWellFormed + "Unexpected token after expression")]
    [InlineData("SELECT * FROM t ORDER BY pk WHERE pk = 1", NotWellFormed + "Unexpected token after expression")]
    [InlineData("DELETE FROM t WHERE pk = 1 ORDER BY pk", NotWellFormed + "Unexpected token after expression")]
    [InlineData("INSERT INTO t VALUE {'pk': 1} foo", NotWellFormed + "Unexpected token after expression")]
    [InlineData("INSERT INTO t x VALUE {'pk': 1}", NotWellFormed + "Unexpected token after expression")]
    [InlineData("SELECT * FROM t WHERE", NotWellFormed + "Unexpected term")]
    [InlineData("SELECT * FROM t WHERE;", NotWellFormed + "Unexpected term")]
    [InlineData("SELECT * FROM t WHERE NOT", NotWellFormed + "Unexpected term")]
    [InlineData("SELECT * FROM t WHERE (", NotWellFormed + "Unexpected term")]
    [InlineData("SELECT * FROM", NotWellFormed + "Unexpected term")]
    [InlineData("DELETE FROM", NotWellFormed + "Expected identifier for simple path")]
    [InlineData("DELETE FROM WHERE pk = 'a'", NotWellFormed + "Expected identifier for simple path")]
    [InlineData("SELECT * FROM t WHERE pk = 'p1' AND", NotWellFormed + "Missing right-hand side expression of infix operator")]
    [InlineData("SELECT * FROM t WHERE pk = 'p1' OR", NotWellFormed + "Missing right-hand side expression of infix operator")]
    [InlineData("SELECT * FROM t WHERE ORDER BY pk", NotWellFormed + "Unexpected keyword")]
    [InlineData("SELECT * FROM t WHERE IS NULL", NotWellFormed + "Unexpected operator")]
    [InlineData("SELECT * FROM t WHERE pk = LIKE", NotWellFormed + "Unexpected operator")]
    [InlineData("SELECT * FROM t WHERE x IS FOO", NotWellFormed + "Expected type name")]
    [InlineData("SELECT * FROM t WHERE m.inner = 1", NotWellFormed + "Invalid path dot component")]
    [InlineData("SELECT * FROM t WHERE pk = 1e2147483648", NotWellFormed)]
    [InlineData("SELECT * FROM t WHERE pk = 1 # note", NotWellFormed)]
    [InlineData("SELECT * FROM t WHERE pk = 1 /* note", NotWellFormed)]
    [InlineData("SELECT * FROM t WHERE pk = 'open", NotWellFormed)]
    [InlineData("SELECT * FROM \"t\" x WHERE pk = 'x'", "Aliasing is not supported")]
    [InlineData("UPDATE t AS x SET a = 3 WHERE pk = 'x'", "Aliasing is not supported")]
    [InlineData("SELECT * FROM \"\" WHERE pk = 'x'", "Path component cannot be an empty string")]
    [InlineData("SELECT * FROM a.b.c", "A path may contain at most 2 components in the FROM clause")]
    [InlineData("SELECT size(a) FROM t", "Unexpected path component at 1:8:4")]
    [InlineData("SELECT * FROM t WHERE EXISTS(ss)", "Unrecognized function: exists at 1:23:6")]
    [InlineData("SELECT * FROM t WHERE pk = 1e126", "Number overflow. Attempting to store a number with magnitude larger than supported range under root")]
    [InlineData("INSERT INTO t VALUE {'pk': 1, 'm': {'x': 1e126}}", "Number overflow. Attempting to store a number with magnitude larger than supported range under root.x")]
    [InlineData("INSERT INTO t VALUE {'pk': 1, 'l': [1, 1e126]}", "Number overflow. Attempting to store a number with magnitude larger than supported range under root[1]")]
    [InlineData("INSERT INTO t VALUE {'s': set_add(<<'a'>>, <<'b'>>)}", "Unsupported data type: set_add under key root at 1:27:7")]
    [InlineData("UPDATE t SET ss = set_add(ss, <<>>) WHERE pk = 'x'", "Empty bags are not supported")]
    [InlineData("UPDATE t SET ss = set_add(ss, <<'x', 'x'>>) WHERE pk = 'x'", "One or more parameter values were invalid: Input collection [x, x] contains duplicates.")]
    [InlineData("UPDATE t SET ss = set_add(ss, 'x') WHERE pk = 'x'", "The second argument to SET_ADD must be a value with type SET at 1:27:2")]
    [InlineData("UPDATE t SET ss = set_add(ss) WHERE pk = 'x'", "SET_ADD must have exactly two arguments at 1:19:7")]
    [InlineData("UPDATE t SET x = set_delete(ss, <<'a'>>) WHERE pk = 'x'", "The first argument to SET_DELETE must equal the assignment value at 1:18:10")]
    [InlineData("DELETE FROM t WHERE pk = 'x' RETURNING MODIFIED OLD *", "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.")]
    public void Parse_WrongStatement_IsRefusedInTheServicesWords(string text, string problem) => Assert.Equal(problem, Refusal(text, null));

    [Fact]
    public void Parse_MutatedStatement_IsReadOrRefused() => Mutations.Of(
        [
            "SELECT a.b[1] FROM \"t\".\"i\" WHERE p = ? AND (s BETWEEN 1 AND 2 OR NOT q IN [1, 'x']) ORDER BY s DESC",
            "INSERT INTO \"t\" VALUE {'p': ?, 'l': [1, {'a': <<'x', 'y'>>}], 'n': -1.5e3}",
            "UPDATE \"t\" SET a = a + 1, l = list_append(l, [?]) REMOVE b SET s = set_add(s, <<1>>) WHERE p = 'x' RETURNING ALL NEW *",
            "DELETE FROM \"t\" WHERE p = 'x' AND size(a) > 1 RETURNING ALL OLD *",
        ],
        ["(", ")", "[", "]", "{", "}", "<<", ">>", "'", "\"", "?", ",", ".", ":", ";", "--", "/*", "*/", " AND ", " NOT ", " IS ", "1e9999999999", "0", "é", "\0", " SELECT ", " IN "]).Sample(text =>
    {
        try
        {
            var statement = StatementParser.Parse(text, [Parameters[0]]);
            new WherePlan(statement.Where, statement.Scope).Rest()?.Holds(AttributeMap.Empty);
        }
        catch (CommonException refused)
        {
            Assert.Equal("ValidationException", refused.Code);
        }
    });

    [Fact]
    public void Parse_DeepNesting_IsRefused()
    {
        Refusal("SELECT * FROM t WHERE " + new string('(', 5_000), null);
        Refusal("SELECT * FROM t WHERE " + string.Concat(Enumerable.Repeat("NOT ", 1_500)) + "a = 1", null);
        Refusal("INSERT INTO t VALUE {'a': " + new string('[', 5_000), null);
    }

    private static string Refusal(string text, List<AttributeValue>? parameters)
    {
        var error = Assert.Throws<CommonException>(() => StatementParser.Parse(text, parameters));
        Assert.Equal("ValidationException", error.Code);
        return error.Message;
    }
}
