using System.Text.RegularExpressions;
using Petrel.Terminal;

namespace Petrel.Tests.Cli;

public sealed partial class TextTableTests
{
    private static readonly TextTable Table = new TextTable("Name", "Memory", "URL")
        .Add("hello", "128 MB", new Cell("http://a.localhost/", "blue"))
        .Add("a-longer-name", "1024 MB", "");

    [Fact]
    public void Table_IntoAPipe_IsPlainColumns()
    {
        var (output, text) = Create(terminalWidth: null);
        output.Table(Table);
        Assert.Equal(
            """
            NAME           MEMORY   URL
            hello          128 MB   http://a.localhost/
            a-longer-name  1024 MB

            """,
            text.ToString());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(60)]
    [InlineData(30)]
    public void Table_OnATerminal_StaysWithinItsWidth(int width)
    {
        var (output, text) = Create(width);
        output.Table(Table);
        var lines = Colour().Replace(text.ToString(), "").Split('\n');
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        Assert.Contains(lines, line => line.Contains("http://a.localhost/", StringComparison.Ordinal));
        Assert.Equal(width >= 60, lines.Any(line => line.StartsWith('│')));
    }

    [Fact]
    public void Markup_IntoAPipe_IsPlainText()
    {
        var (output, text) = Create(terminalWidth: null);
        output.Markup("[bold]a[/] [[b]]");
        Assert.Equal("a [b]\n", text.ToString());
    }

    private static (Output Output, StringWriter Text) Create(int? terminalWidth)
    {
        var text = new StringWriter { NewLine = "\n" };
        return (new Output(new OutputTarget(text, terminalWidth is not null, terminalWidth), new OutputTarget(TextWriter.Null, false)), text);
    }

    /// <summary>What a terminal does not show as text.</summary>
    [GeneratedRegex("\x1b\\[[0-9;]*m")]
    private static partial Regex Colour();
}
