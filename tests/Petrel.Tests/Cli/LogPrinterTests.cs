using Petrel.Terminal;

namespace Petrel.Tests.Cli;

public sealed class LogPrinterTests
{
    [Theory]
    [InlineData("START RequestId: 3b366645-0b16-4c7a-88d9-5c66bc993c3a Version: $LATEST", null)]
    [InlineData("END RequestId: 3b366645-0b16-4c7a-88d9-5c66bc993c3a", null)]
    [InlineData("hello\tworld", "hello\tworld")]
    [InlineData("2026-11-23T10:21:29.076Z\t3b366645-0b16-4c7a-88d9-5c66bc993c3a\tINFO\tgreeting world", "INFO greeting world")]
    [InlineData("2026-11-23T10:21:29.076Z\t3b366645-0b16-4c7a-88d9-5c66bc993c3a\twarn\tcareful", "WARN careful")]
    [InlineData("INIT_START Runtime Version: nodejs:20.20.2\tRuntime Version ARN: arn:aws:x", "INIT_START Runtime Version: nodejs:20.20.2")]
    [InlineData("REPORT RequestId: 3b366645\tDuration: 0.72 ms\tBilled Duration: 1 ms\t", "REPORT  Duration: 0.72 ms  Billed Duration: 1 ms")]
    public void Shorten_Line_KeepsWhatAPersonReads(string line, string? shown) => Assert.Equal(shown, LogPrinter.Shorten(line));
}
