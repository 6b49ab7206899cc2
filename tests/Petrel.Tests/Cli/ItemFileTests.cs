using System.Text.Json.Nodes;
using Petrel.Tables;

namespace Petrel.Tests.Cli;

/// <summary>Items as people's files hold them.</summary>
public sealed class ItemFileTests
{
    private static readonly TableShape Table = new("t", new KeyAttribute("id", "S"), new KeyAttribute("at", "N"));

    [Fact]
    public void Csv_WithQuotesAndLineEnds_IsReadAsItWasWritten()
    {
        var records = Read("a,\"b, with\"\"quotes\"\"\",\"two\nlines\"\r\n\r\n,x,\n");
        Assert.Equal(["a", "b, with\"quotes\"", "two\nlines"], records[0].Fields);
        Assert.Equal(["", "x", ""], records[1].Fields);
        Assert.Equal((1, 4), (records[0].Line, records[1].Line));
        foreach (var field in new[] { "plain", "a,b", "\"", " padded", "line\nline", "" })
        {
            Assert.Equal(field, Assert.Single(Read(CsvReader.Quote(field) + ",x")).Fields[0]);
        }
    }

    [Fact]
    public void Csv_QuoteNeverClosed_NamesItsLine()
    {
        var problem = Assert.Throws<CliException>(() => Read("a,b\nc,\"d\ne,f\n"));
        Assert.Equal("line 2: a quote is not closed", problem.Message);
    }

    [Fact]
    public void Columns_OfValuesOfOneKind_HaveItsType()
    {
        var types = Types("id,at,zip,price,flag,tags,map,mixed,empty", "1,2,01234,3.5,true,[1],{},1,", "2,3,90210,-1e3,False,\"[]\",\"{\"\"a\"\":1}\",x,");
        Assert.Equal("id S, at N, zip S, price N, flag BOOL, tags L, map M, mixed S, empty S", types.ToString());
        var item = types.ToItem(new CsvRecord(2, ["1", "2", "01234", "3.5", "true", "[1]", "{}", "1", ""]));
        Assert.Equal(
            """{"id":{"S":"1"},"at":{"N":"2"},"zip":{"S":"01234"},"price":{"N":"3.5"},"flag":{"BOOL":true},"tags":{"L":[{"N":"1"}]},"map":{"M":{}},"mixed":{"S":"1"}}""",
            item.ToJsonString());
    }

    [Fact]
    public void Columns_WithGivenTypes_TakeThem()
    {
        var types = Types("id,at,a,b", ColumnTypes.Parse("a:SS, b:S"), "1,2,\"[\"\"x\"\"]\",5");
        Assert.Equal("id S, at N, a SS, b S", types.ToString());
        Assert.Equal("""{"SS":["x"]}""", types.ToItem(new CsvRecord(2, ["1", "2", "[\"x\"]", "5"]))["a"]!.ToJsonString());
        Assert.Equal("a is a JSON array of strings, not [1]", Assert.Throws<CliException>(() => types.ToItem(new CsvRecord(2, ["1", "2", "[1]"]))).Message);
    }

    [Theory]
    [InlineData("id,x", "", "there is no column at")]
    [InlineData("id,at,id", "", "two columns id")]
    [InlineData("id,at", "nosuch:S", "--types names a column nosuch")]
    [InlineData("id,at", "at:S", "at is a key of t and a number")]
    [InlineData("id,at", "at:Q", "--types takes COLUMN:TYPE")]
    public void Columns_ThatCannotBe_AreToldWhy(string header, string types, string problem)
    {
        var thrown = Assert.Throws<CliException>(() => Types(header, ColumnTypes.Parse(types)));
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PlainJson_ThereAndBack_KeepsEveryDigit()
    {
        const string plain = """{"id":"a","at":1,"n":12345678901234567890123456789012345678,"l":[1,"x",null,true,{"m":{}}],"s":"ü"}""";
        var typed = PlainJson.Typed(JsonNode.Parse(plain)!.AsObject(), Table);
        Assert.Equal("12345678901234567890123456789012345678", typed["n"]!["N"]!.GetValue<string>());
        Assert.Equal(plain, PlainJson.Text(PlainJson.Plain(typed)));
    }

    [Theory]
    [InlineData("+5", "5")]
    [InlineData("-.5", "-0.5")]
    [InlineData("007", "7")]
    [InlineData("000", "0")]
    [InlineData("1E+20", "1E+20")]
    public void PlainJson_OfNumbersAsTheServiceAllowsThem_IsJson(string number, string json) =>
        Assert.Equal(json, PlainJson.PlainValue(new JsonObject { ["N"] = number })!.ToJsonString());

    [Theory]
    [InlineData("""{"id":"a","at":"1"}""", "\"at\":{\"N\":\"1\"}")]
    [InlineData("""{"id":5,"at":1}""", "the key id is a string, not 5")]
    [InlineData("""{"id":"a","at":"one"}""", "the key at is a number, not \"one\"")]
    [InlineData("""{"id":"a","at":null}""", "the key at is a number, not null")]
    public void PlainJson_Keys_HaveTheTypesOfTheTable(string plain, string outcome)
    {
        string Convert()
        {
            try
            {
                return PlainJson.Typed(JsonNode.Parse(plain)!.AsObject(), Table).ToJsonString();
            }
            catch (CliException e)
            {
                return e.Message;
            }
        }

        Assert.Contains(outcome, Convert(), StringComparison.Ordinal);
    }

    [Fact]
    public void JsonFile_InEveryForm_GivesTheSameItems()
    {
        using var run = new CliRun();
        const string typed = """{"id":{"S":"a"},"at":{"N":"1"}}""";
        string[] files =
        [
            run.Write("plain.jsonl", "{\"id\":\"a\",\"at\":1}\n\n"),
            run.Write("typed.jsonl", typed),
            run.Write("exported.json", $$"""{"Item":{{typed}}}"""),
            run.Write("array.json", $$"""  [{"id":"a","at":1}]"""),
        ];
        foreach (var file in files)
        {
            Assert.Equal(typed, Assert.Single(ItemReader.ReadJson(ItemFile.Of(file, null), Table)).Item?.ToJsonString());
        }
    }

    [Fact]
    public void JsonFile_BadLines_AreToldByTheirNumber()
    {
        using var run = new CliRun();
        var items = ItemReader.ReadJson(ItemFile.Of(run.Write("x.jsonl", "{\"id\":\"a\",\"at\":1}\n{\"id\"\n[]\n"), "json"), Table).ToArray();
        Assert.Equal([1, 2, 3], items.Select(i => i.Line));
        Assert.Null(items[0].Problem);
        Assert.StartsWith("it is not JSON: ", items[1].Problem, StringComparison.Ordinal);
        Assert.Equal("an item is a JSON object, not []", items[2].Problem);
    }

    private static List<CsvRecord> Read(string text)
    {
        var reader = new CsvReader(new StringReader(text), ',');
        var records = new List<CsvRecord>();
        while (reader.Read() is { } record)
        {
            records.Add(record);
        }

        return records;
    }

    private static ColumnTypes Types(string header, params string[] lines) => Types(header, [], lines);

    private static ColumnTypes Types(string header, Dictionary<string, string> given, params string[] lines)
    {
        var types = new ColumnTypes(header.Split(','), Table, given);
        foreach (var record in lines.SelectMany(Read))
        {
            types.Look(record);
        }

        return types;
    }
}
