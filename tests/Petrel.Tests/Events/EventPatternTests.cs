using Petrel.Server.Events.Patterns;

namespace Petrel.Tests.Events;

public sealed class EventPatternTests
{
    [Theory]
    [InlineData("""{"a":["x"]}""", """{"a":"x"}""", true)]
    [InlineData("""{"a":["x"]}""", """{"a":"X"}""", false)]
    [InlineData("""{"a":["x","y"]}""", """{"a":"y","b":1}""", true)]
    [InlineData("""{"a":[5]}""", """{"a":5.0}""", true)]
    [InlineData("""{"a":[5]}""", """{"a":"5"}""", false)]
    [InlineData("""{"a":[null]}""", """{"a":null}""", true)]
    [InlineData("""{"a":[null]}""", "{}", false)]
    [InlineData("""{"a":[true]}""", """{"a":true}""", true)]
    [InlineData("""{"a":[true]}""", """{"a":false}""", false)]
    [InlineData("""{"a":[""]}""", """{"a":""}""", true)]
    [InlineData("""{"a":{"b":["x"]}}""", """{"a":{"b":"x"}}""", true)]
    [InlineData("""{"a":{"b":["x"]}}""", """{"a":"x"}""", false)]
    [InlineData("""{"a":["x"],"b":["y"]}""", """{"a":"x"}""", false)]
    [InlineData("""{"a":["x"]}""", """{"a":["z","x"]}""", true)]
    [InlineData("""{"a":["x"]}""", """{"a":[["z",["x"]]]}""", true)]
    [InlineData("""{"a":["x"]}""", "[1]", false)]
    [InlineData("""{"a":["x"]}""", "no json", false)]
    public void Matches_Values_AreCompared(string pattern, string theEvent, bool expected) => Check(pattern, theEvent, expected);

    [Theory]
    [InlineData("""{"a":[{"prefix":"us-"}]}""", """{"a":"us-1"}""", true)]
    [InlineData("""{"a":[{"prefix":"us-"}]}""", """{"a":"US-1"}""", false)]
    [InlineData("""{"a":[{"prefix":{"equals-ignore-case":"us-"}}]}""", """{"a":"US-1"}""", true)]
    [InlineData("""{"a":[{"suffix":".png"}]}""", """{"a":"b.png"}""", true)]
    [InlineData("""{"a":[{"suffix":".png"}]}""", """{"a":"b.PNG"}""", false)]
    [InlineData("""{"a":[{"suffix":{"equals-ignore-case":".png"}}]}""", """{"a":"b.PNG"}""", true)]
    [InlineData("""{"a":[{"equals-ignore-case":"Alice"}]}""", """{"a":"aLICE"}""", true)]
    [InlineData("""{"a":[{"exists":true}]}""", """{"a":0}""", true)]
    [InlineData("""{"a":[{"exists":true}]}""", """{"a":null}""", true)]
    [InlineData("""{"a":[{"exists":true}]}""", """{"b":0}""", false)]
    [InlineData("""{"a":[{"exists":true}]}""", """{"a":{"b":1}}""", false)]
    [InlineData("""{"a":[{"exists":false}]}""", "{}", true)]
    [InlineData("""{"a":[{"exists":false}]}""", """{"a":{"b":1}}""", true)]
    [InlineData("""{"a":[{"exists":false}]}""", """{"a":1}""", false)]
    [InlineData("""{"a":{"b":[{"exists":false}]}}""", "{}", true)]
    [InlineData("""{"a":["x",{"exists":false}]}""", """{"a":"y"}""", false)]
    [InlineData("""{"a":[{"anything-but":"x"}]}""", """{"a":"y"}""", true)]
    [InlineData("""{"a":[{"anything-but":"x"}]}""", """{"a":"x"}""", false)]
    [InlineData("""{"a":[{"anything-but":"x"}]}""", "{}", false)]
    [InlineData("""{"a":[{"anything-but":["x","y"]}]}""", """{"a":"y"}""", false)]
    [InlineData("""{"a":[{"anything-but":[1,2]}]}""", """{"a":3}""", true)]
    [InlineData("""{"a":[{"anything-but":[1,2]}]}""", """{"a":2.0}""", false)]
    [InlineData("""{"a":[{"numeric":[">",100]}]}""", """{"a":101}""", true)]
    [InlineData("""{"a":[{"numeric":[">",100]}]}""", """{"a":100}""", false)]
    [InlineData("""{"a":[{"numeric":[">",100]}]}""", """{"a":"101"}""", false)]
    [InlineData("""{"a":[{"numeric":[">=",0,"<",5]}]}""", """{"a":0}""", true)]
    [InlineData("""{"a":[{"numeric":[">=",0,"<",5]}]}""", """{"a":5}""", false)]
    [InlineData("""{"a":[{"numeric":["=",3.018e2]}]}""", """{"a":301.8}""", true)]
    public void Matches_Operators_AreApplied(string pattern, string theEvent, bool expected)
    {
        Check(pattern, theEvent, expected);
        Assert.Equal(expected, EventPattern.Parse(pattern, PatternDialect.Filters).Matches(theEvent));
    }

    [Theory]
    [InlineData("""{"a":[{"wildcard":"dir/*.png"}]}""", """{"a":"dir/x.png"}""", true)]
    [InlineData("""{"a":[{"wildcard":"dir/*.png"}]}""", """{"a":"dir/x.jpg"}""", false)]
    [InlineData("""{"a":[{"wildcard":"*a*a*"}]}""", """{"a":"bab"}""", false)]
    [InlineData("""{"a":[{"wildcard":"*a*a*"}]}""", """{"a":"aa"}""", true)]
    [InlineData("""{"a":[{"wildcard":"ab*ba"}]}""", """{"a":"aba"}""", false)]
    [InlineData("""{"a":[{"wildcard":"a\\*b"}]}""", """{"a":"a*b"}""", true)]
    [InlineData("""{"a":[{"wildcard":"a\\*b"}]}""", """{"a":"axb"}""", false)]
    [InlineData("""{"a":[{"cidr":"10.0.0.0/24"}]}""", """{"a":"10.0.0.255"}""", true)]
    [InlineData("""{"a":[{"cidr":"10.0.0.0/24"}]}""", """{"a":"10.0.1.0"}""", false)]
    [InlineData("""{"a":[{"cidr":"2001:db8::/32"}]}""", """{"a":"2001:db8::1"}""", true)]
    [InlineData("""{"a":[{"anything-but":{"prefix":"us-"}}]}""", """{"a":"eu-1"}""", true)]
    [InlineData("""{"a":[{"anything-but":{"suffix":[".png",".jpg"]}}]}""", """{"a":"x.jpg"}""", false)]
    [InlineData("""{"a":[{"anything-but":{"equals-ignore-case":"x"}}]}""", """{"a":"X"}""", false)]
    [InlineData("""{"a":[{"anything-but":{"wildcard":"*/lib/*"}}]}""", """{"a":"x/lib/y"}""", false)]
    public void Matches_OperatorsOfRules_AreNotThoseOfFilters(string pattern, string theEvent, bool expected)
    {
        Check(pattern, theEvent, expected);
        Assert.Throws<PatternException>(() => EventPattern.Parse(pattern, PatternDialect.Filters));
    }

    [Theory]
    [InlineData("""{"x":1,"y":2}""", true)]
    [InlineData("""{"x":1,"z":3}""", true)]
    [InlineData("""{"x":1}""", false)]
    [InlineData("""{"y":2,"z":3}""", false)]
    public void Matches_Or_NeedsOneAlternativeAndAllFields(string theEvent, bool expected) =>
        Check("""{"x":[1],"$or":[{"y":[2]},{"z":[3]}]}""", theEvent, expected);

    [Fact]
    public void Matches_FieldCalledOr_IsAField() => Check("""{"$or":["x"]}""", """{"$or":"x"}""", expected: true);

    [Theory]
    [InlineData("""{"l":[{"a":1,"b":2},{"a":3,"b":4}]}""", true)]
    [InlineData("""{"l":[{"a":1,"b":4},{"a":3,"b":2}]}""", false)]
    public void Matches_ArrayOfObjects_AllFieldsOfOneElement(string theEvent, bool expected) =>
        Check("""{"l":{"a":[1],"b":[2]}}""", theEvent, expected);

    [Fact]
    public void Matches_DeepEvent_IsRead()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"M":""", 100)) + "1" + new string('}', 100);
        Check("""{"a":["x"]}""", $$"""{"a":"x","deep":{{deep}}}""", expected: true);
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("""[{"eventName": ["INSERT"=123}]""")]
    [InlineData("""{"a":"x"}""")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"a":[]}""")]
    [InlineData("""{"a":{}}""")]
    [InlineData("""{"a":[["x"]]}""")]
    [InlineData("""{"a":[{}]}""")]
    [InlineData("""{"a":["x"],"a":["y"]}""")]
    [InlineData("""{"a":[{"prefix":"x","suffix":"y"}]}""")]
    [InlineData("""{"a":[{"prefix":1}]}""")]
    [InlineData("""{"a":[{"prefix":""}]}""")]
    [InlineData("""{"a":[{"prefix":{"suffix":"x"}}]}""")]
    [InlineData("""{"a":[{"unknown":"x"}]}""")]
    [InlineData("""{"a":[{"exists":"yes"}]}""")]
    [InlineData("""{"a":[{"numeric":">1"}]}""")]
    [InlineData("""{"a":[{"numeric":[]}]}""")]
    [InlineData("""{"a":[{"numeric":[">"]}]}""")]
    [InlineData("""{"a":[{"numeric":["!",1]}]}""")]
    [InlineData("""{"a":[{"numeric":[">","1"]}]}""")]
    [InlineData("""{"a":[{"numeric":[">",5,"<",1]}]}""")]
    [InlineData("""{"a":[{"numeric":["<",5,">",1]}]}""")]
    [InlineData("""{"a":[{"numeric":[">",1,"<",5,"<",6]}]}""")]
    [InlineData("""{"a":[{"numeric":[">",6000000000]}]}""")]
    [InlineData("""{"a":[{"anything-but":null}]}""")]
    [InlineData("""{"a":[{"anything-but":[]}]}""")]
    [InlineData("""{"a":[{"anything-but":["x",1]}]}""")]
    [InlineData("""{"a":[{"anything-but":[true]}]}""")]
    [InlineData("""{"a":[{"wildcard":"a**b"}]}""")]
    [InlineData("""{"a":[{"wildcard":"a\\b"}]}""")]
    [InlineData("""{"a":[{"cidr":"10.0.0.0"}]}""")]
    [InlineData("""{"a":[{"cidr":"10.0.0.0/64"}]}""")]
    [InlineData("""{"$or":[{"a":["x"]}]}""")]
    public void Parse_BadPattern_IsRefused(string pattern) =>
        Assert.Throws<PatternException>(() => EventPattern.Parse(pattern, PatternDialect.Rules));

    [Fact]
    public void Parse_AnyText_IsAPatternOrRefused()
    {
        // Whatever is thrown at it is either a pattern that can be matched, or a PatternException: nothing else comes out.
        var seeds = new[]
        {
            """{"a":[{"numeric":[">",1,"<",5]},{"prefix":"x"},{"anything-but":["a"]}],"$or":[{"b":[1]},{"c":[{"exists":true}]}]}""",
        };
        CsCheck.Check.Sample(
            CsCheck.Gen.Select(CsCheck.Gen.Int[0, seeds[0].Length - 1], CsCheck.Gen.Char[' ', '~'], CsCheck.Gen.Int[0, 3]),
            mutation =>
            {
                var (at, character, length) = mutation;
                var text = seeds[0].Remove(at, Math.Min(length, seeds[0].Length - at)).Insert(at, character.ToString());
                try
                {
                    EventPattern.Parse(text, PatternDialect.Rules).Matches("""{"a":"x","b":1}""");
                }
                catch (PatternException)
                {
                    // What a bad pattern is to give.
                }
            });
    }

    private static void Check(string pattern, string theEvent, bool expected) =>
        Assert.Equal(expected, EventPattern.Parse(pattern, PatternDialect.Rules).Matches(theEvent));
}
