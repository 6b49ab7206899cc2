using System.Text;
using CsCheck;
using Petrel.Functions;
using Petrel.Functions.Instances;

namespace Petrel.Functions.Tests.Instances;

/// <summary>How bytes that a process prints become events.</summary>
public sealed class InvocationLogTests
{
    [Fact]
    public void Write_InAnyPieces_GivesTheSameLines() =>
        Gen.String[Gen.Char["ab\nü\0"], 0, 60].Select(Gen.Int[1, 10]).Sample((text, size) =>
        {
            var sink = new Sink();
            using var log = new InvocationLog(sink, TimeProvider.System);
            var bytes = Encoding.UTF8.GetBytes(text);
            for (var i = 0; i < bytes.Length; i += size)
            {
                log.Write(bytes.AsSpan(i, Math.Min(size, bytes.Length - i)), isError: false);
            }

            log.EndLines();
            var expected = text.Split('\n');
            Assert.Equal((expected[^1].Length == 0 ? expected[..^1] : expected).Select(l => l.Replace('\0', '\n')), sink.Lines);
        });

    [Fact]
    public void Write_OutputAndError_DoNotMix()
    {
        var sink = new Sink();
        using var log = new InvocationLog(sink, TimeProvider.System);
        log.Write("out "u8, isError: false);
        log.Write("err "u8, isError: true);
        log.Write("one\n"u8, isError: false);
        log.Write("two\n"u8, isError: true);
        Assert.Equal(["out one", "err two"], sink.Lines);
    }

    [Fact]
    public void Write_LineWithoutEnd_IsCutAt256KB()
    {
        var sink = new Sink();
        using var log = new InvocationLog(sink, TimeProvider.System);
        var chunk = Encoding.ASCII.GetBytes(new string('x', 60_000));
        for (var i = 0; i < 10; i++)
        {
            log.Write(chunk, isError: false);
        }

        log.EndLines();
        Assert.Equal([InvocationLog.MaxLineBytes, InvocationLog.MaxLineBytes, 600_000 - (2 * InvocationLog.MaxLineBytes)], sink.Lines.Select(l => l.Length));
    }

    [Fact]
    public void TakeTail_AnyLines_IsTheEndOfTheLog() =>
        Gen.String[Gen.Char['a', 'z'], 0, 3000].Array[0, 10].Sample(lines =>
        {
            using var log = new InvocationLog(new Sink(), TimeProvider.System);
            log.Begin(wantTail: true);
            foreach (var line in lines)
            {
                log.Platform(Encoding.ASCII.GetBytes(line));
            }

            var whole = string.Concat(lines.Select(l => l + "\n"));
            Assert.Equal(whole[Math.Max(0, whole.Length - 4096)..], Encoding.ASCII.GetString(log.TakeTail().Span));
        });

    [Fact]
    public void Report_JsonLogs_AreTelemetryEvents()
    {
        var sink = new Sink();
        using var log = new InvocationLog(sink, TimeProvider.System);
        var spec = new FunctionSpec
        {
            PoolKey = "p",
            Account = "1",
            Region = "us-east-1",
            Name = "f",
            FunctionArn = "arn",
            Version = "7",
            Runtime = "python3.12",
            Handler = "h",
            CodeDirectory = "/",
            LogGroup = "g",
            JsonLogs = true,
        };
        var lines = new PlatformLines(log, spec, TimeProvider.System);
        lines.Start("id");
        lines.End("id");
        lines.Report(
            "id",
            new InvocationReport(TimeSpan.FromMilliseconds(1.5), TimeSpan.FromMilliseconds(102), TimeSpan.FromMilliseconds(100), 128, 40, "s"),
            new ReportStatus("timeout"));
        Assert.Equal(2, sink.Lines.Count);
        Assert.Matches("""^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","type":"platform\.start","record":\{"requestId":"id","version":"7"\}\}$""", sink.Lines[0]);
        Assert.EndsWith(
            """Z","type":"platform.report","record":{"requestId":"id","metrics":{"durationMs":1.5,"billedDurationMs":102,"memorySizeMB":128,"maxMemoryUsedMB":40,"initDurationMs":100},"status":"timeout"}}""",
            sink.Lines[1],
            StringComparison.Ordinal);
    }

    private sealed class Sink : IInstanceLog
    {
        public List<string> Lines { get; } = [];

        public string StreamName => "stream";

        public void Append(DateTimeOffset time, ReadOnlySpan<byte> line) => Lines.Add(Encoding.UTF8.GetString(line));

        public ValueTask FlushAsync() => ValueTask.CompletedTask;

        public void Dispose()
        {
        }
    }
}
