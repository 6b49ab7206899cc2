using System.Text;
using CsCheck;
using Petrel.Server.Services.Lambda.Invocation;

namespace Petrel.Tests.Lambda.Invocation;

public sealed class PayloadCheckTests
{
    private const string Prefix = "Could not parse request body into json: Could not parse payload into json: ";
    private const string Source = "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: ";
    private const string Expected = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

    [Theory]
    [InlineData("{}")]
    [InlineData(" [1, 2.5e3, \"ü\", null, true] ")]
    [InlineData("\"text\"")]
    [InlineData("0")]
    public void FindProblem_JsonValue_IsNone(string json) => Assert.Null(PayloadCheck.FindProblem(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void FindProblem_BytesInAToken_SaysTheRecordedMessage() => Assert.Equal(
        $"{Prefix}Invalid UTF-8 start byte 0x87{Source}1, column: 3]",
        PayloadCheck.FindProblem([(byte)'n', 0x87, (byte)'r', 0x9e, 0xe9, 0xb5, 0xd7]));

    [Fact]
    public void FindProblem_ByteAtTheStart_SaysTheRecordedMessage() => Assert.Equal(
        $"{Prefix}Unexpected character ((CTRL-CHAR, code 153)): expected a valid value {Expected}{Source}1, column: 1]",
        PayloadCheck.FindProblem([0x99, 0xeb, (byte)',', (byte)'j']));

    [Theory]
    [InlineData("hello", "Unrecognized token 'hello': was expecting " + Expected)]
    [InlineData("{\"a\": nope}", "Unrecognized token 'nope': was expecting " + Expected)]
    [InlineData("{\"a\":", "Unexpected end-of-input")]
    [InlineData("{'a':1}", "Unexpected character (''' (code 39)): expected a valid value")]
    public void FindProblem_NoJson_NamesWhatIsWrong(string payload, string message) =>
        Assert.StartsWith(Prefix + message, PayloadCheck.FindProblem(Encoding.UTF8.GetBytes(payload)), StringComparison.Ordinal);

    [Fact]
    public void FindProblem_TextWithBrokenEncoding_IsRefused() =>
        Assert.Contains("Invalid UTF-8", PayloadCheck.FindProblem([(byte)'"', 0xC3, (byte)'"']), StringComparison.Ordinal);

    [Fact]
    public void FindProblem_AnyBytes_NeverThrows() => Gen.Byte.Array[0, 40].Sample(bytes =>
    {
        var problem = PayloadCheck.FindProblem(bytes);
        return problem is null || problem.StartsWith(Prefix, StringComparison.Ordinal);
    });
}
