using System.Text;
using CsCheck;
using Petrel.Server.Services.Logs.Model.Filters;

namespace Petrel.Tests.Logs;

public sealed class FilterPatternTests
{
    private const string Access = "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534";
    private const string Json = """
        {"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111","arrayKey":["value","another value"],"errors":0,"ok":true,"none":null,
         "objectList":[{"name":"a","id":1},{"name":"b","id":2}],"user":{"id":17.5,"email":"John.Doe@example.com"},"with space":"x"}
        """;

    [Theory]
    [InlineData("", "anything", true)]
    [InlineData("ERROR", "an ERROR here", true)]
    [InlineData("ERROR", "an error here", false)]
    [InlineData("ERROR timeout", "timeout: ERROR", true)]
    [InlineData("ERROR timeout", "ERROR", false)]
    [InlineData("ERROR -timeout", "ERROR timeout", false)]
    [InlineData("ERROR -timeout", "ERROR other", true)]
    [InlineData("-timeout", "fine", true)]
    [InlineData("?ERROR ?WARN", "a WARN", true)]
    [InlineData("?ERROR ?WARN", "an INFO", false)]
    [InlineData("?ERROR REQUEST", "REQUEST", true)]
    [InlineData("\"internal error\"", "an internal error", true)]
    [InlineData("\"internal error\"", "an error internal", false)]
    [InlineData("-\"internal error\"", "an internal error", false)]
    [InlineData("\"say \\\"hi\\\"\"", "say \"hi\"", true)]
    [InlineData("%colou?r%", "the color red", true)]
    [InlineData("%^10\\.10\\.0\\.1%", "10.10.0.1 here", true)]
    [InlineData("%^10\\.10\\.0\\.1%", "x 10x10y0z1", false)]
    [InlineData("-%4[0-9]{2}%", "status 404", false)]
    [InlineData("ünï", "with ünï", true)]
    public void Matches_Terms_AsDocumented(string pattern, string message, bool expected) => Assert.Equal(expected, Matches(pattern, message));

    [Theory]
    [InlineData("{ $.eventType = \"UpdateTrail\" }", true)]
    [InlineData("{ $.eventType = UpdateTrail }", true)]
    [InlineData("{ $.eventType != \"UpdateTrail\" }", false)]
    [InlineData("{ $.eventType = \"Update*\" }", true)]
    [InlineData("{ $.sourceIPAddress != 123.123.* }", true)]
    [InlineData("{ $.sourceIPAddress = %111\\.111% }", true)]
    [InlineData("{ $.arrayKey[0] = \"value\" }", true)]
    [InlineData("{ $.arrayKey[1] = \"value\" }", false)]
    [InlineData("{ $.arrayKey[*] = \"another*\" }", true)]
    [InlineData("{ $.objectList[1].id = 2 }", true)]
    [InlineData("{ $.objectList[*].name = b }", true)]
    [InlineData("{ $.user.id > 17 }", true)]
    [InlineData("{ $.user.id >= 1.75e1 }", true)]
    [InlineData("{ $.user.id < 17.5 }", false)]
    [InlineData("{ $.errors = 0 && $.ok IS TRUE }", true)]
    [InlineData("{ $.ok IS FALSE || $.errors = 1 }", false)]
    [InlineData("{ $.none IS NULL }", true)]
    [InlineData("{ $.missing NOT EXISTS }", true)]
    [InlineData("{ $.ok NOT EXISTS }", false)]
    [InlineData("{ $.missing != 1 }", false)]
    [InlineData("{ ($.errors = 1 || $.errors = 0) && $.user.email = \"John.Doe@example.com\" }", true)]
    [InlineData("{ $.errors = 1 || $.errors = 0 && $.ok IS FALSE }", false)]
    [InlineData("{ $.['with space'] = x }", true)]
    public void Matches_Json_AsDocumented(string pattern, bool expected) => Assert.Equal(expected, Matches(pattern, Json));

    [Theory]
    [InlineData("plain text")]
    [InlineData("{\"eventType\":")]
    [InlineData("[1]")]
    [InlineData("")]
    public void Matches_JsonPatternOnOtherMessages_IsFalse(string message) => Assert.False(Matches("{ $.eventType NOT EXISTS }", message));

    [Theory]
    [InlineData("[ip, id, user, time, request, status, bytes]", true)]
    [InlineData("[ip, id, user, time, request, status]", false)]
    [InlineData("[ip, id, user, time, request, status = 4*, bytes]", true)]
    [InlineData("[ip, id, user, time, request, status = 5*, bytes]", false)]
    [InlineData("[..., status = 404, bytes > 1000]", true)]
    [InlineData("[..., bytes > 2000]", false)]
    [InlineData("[ip = 127.0.0.1, ...]", true)]
    [InlineData("[ip, ..., request = *html*, status = 400 || status = 404, bytes]", true)]
    [InlineData("[ip, ..., request != \"*html*\", status, bytes]", false)]
    [InlineData("[..., status >= 400 && status < 500, bytes]", true)]
    [InlineData("[..., status = %4[0-9]{2}%, bytes]", true)]
    public void Matches_Fields_AsDocumented(string pattern, bool expected) => Assert.Equal(expected, Matches(pattern, Access));

    [Theory]
    [InlineData("\"open")]
    [InlineData("- term")]
    [InlineData("%a(b)%")]
    [InlineData("{ $.a }")]
    [InlineData("{ $.a = }")]
    [InlineData("{ a = 1 }")]
    [InlineData("{ $.a = 1")]
    [InlineData("{ $.a = 1 } more")]
    [InlineData("{ ($.a = 1 }")]
    [InlineData("{ $.a > text }")]
    [InlineData("{ $.a[x] = 1 }")]
    [InlineData("{ $.a IS 1 }")]
    [InlineData("[a, b")]
    [InlineData("[a = 1 || b = 2]")]
    [InlineData("[..., a, ...]")]
    [InlineData("[]")]
    public void Parse_BadPattern_IsRefused(string pattern) => Assert.Throws<FilterPatternException>(() => FilterPattern.Parse(pattern));

    [Fact]
    public void Parse_AnyText_EitherParsesOrIsRefused() =>
        Gen.Char["{}[]()$.=!<>&|\"%*-? ab1,\\"].Array[0, 24].Sample(chars =>
        {
            try
            {
                FilterPattern.Parse(new string(chars))?.Matches("{\"a\":[1]} b"u8);
            }
            catch (FilterPatternException)
            {
                // The one way to say no.
            }
        });

    private static bool Matches(string pattern, string message) => FilterPattern.Parse(pattern)?.Matches(Encoding.UTF8.GetBytes(message)) ?? true;
}
