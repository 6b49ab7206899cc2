using Petrel.Functions.Instances;
using Petrel.Functions.Sandboxes.Launch;
using Petrel.Testing;

namespace Petrel.Functions.Tests.Hostile;

/// <summary>Functions that print and answer more than anyone reads.</summary>
[Collection(nameof(Hostile))]
public sealed class OutputTests
{
    /// <summary>192 MB beyond what may be printed at once take 12 s where there is a rate, and a fraction of that where there is none.</summary>
    private const string PrintMuch = """
        block = (b'x' * 1023 + b'\n') * 64
        for i in range(4096): os.write(1, block)
        return 'printed'
        """;

    /// <summary>A gigabyte a second if nobody stops it, in each of the forms that parsers dislike.</summary>
    public static TheoryData<string, string> Bombs => new()
    {
        { "one endless line", "while True: os.write(1, b'x' * 65536)" },
        { "nothing but NULs", "while True: os.write(2, bytes(65536))" },
        { "nothing but line ends", "while True: os.write(1, b'\\n' * 65536)" },
        { "both pipes, enlarged", """
            import fcntl
            for fd in (1, 2):
                try: fcntl.fcntl(fd, 1031, 1 << 20)
                except OSError: pass
            while True: os.write(1, b'a\n' * 32768); os.write(2, b'\xff\xfe\n' * 16384)
            """ },
    };

    /// <summary>What a process may say on its socket that no bootstrap says. Each is sent in the middle of an invocation.</summary>
    public static TheoryData<string, string> Lies => new()
    {
        { "a length of four gigabytes", "os.write(fd, b'\\xff\\xff\\xff\\xff\\x13' + b'x' * 1000)\ntime.sleep(60)" },
        { "a length of nothing", "os.write(fd, b'\\0\\0\\0\\0\\0')\ntime.sleep(60)" },
        { "a kind that there is not", "os.write(fd, b'\\x01\\0\\0\\0\\xee')\ntime.sleep(60)" },
        { "the daemon's own kind", "os.write(fd, b'\\x03\\0\\0\\0\\x02{}')\ntime.sleep(60)" },
        { "a chunk of a stream that has not begun", "os.write(fd, b'\\x03\\0\\0\\0\\x16xx')\ntime.sleep(60)" },
        { "a stream that never ends", "os.write(fd, b'\\x07\\0\\0\\0\\x15\\x02\\0\\0\\0{}')\nwhile True: os.write(fd, b'\\x01\\x40\\0\\0\\x16' + b'x' * 16384)" },
        { "ready again and again", "while True: os.write(fd, b'\\x01\\0\\0\\0\\x11' * 1000)" },
        { "descriptors", """
            s = socket.socket(fileno=os.dup(fd))
            while True: socket.send_fds(s, [b'\x03\0\0\0\x16x'], [0] * 200)
            """ },
    };

    [Fact]
    public async Task Print_FasterThanItMay_WaitsInItsOwnWrite()
    {
        var (_, open) = await Attack.SucceedsAsync(Defences.OutputRate, h => Attack.Python(h, PrintMuch, seconds: 60));
        Assert.Equal("\"printed\"", open);
        var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, PrintMuch, seconds: 4));
        Assert.Equal("Sandbox.Timedout", Attack.ErrorType(payload));
    }

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task Print_WithoutEnd_TimesOut(string kind, string body)
    {
        var (result, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, body, seconds: 2));
        Assert.True(Attack.ErrorType(payload) == "Sandbox.Timedout", $"{kind}: {payload}");
        Assert.InRange(result.LogTail.Length, 0, LogTail.MaxBytes);
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Lie_OnTheSocket_EndsItsOwnInvocation(string kind, string body)
    {
        const string find = "fd = next(int(n) for n in os.listdir('/proc/self/fd') if int(n) > 2 and os.readlink(f'/proc/self/fd/{n}').startswith('socket:'))\n";
        var (result, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, find + body, seconds: 2));
        Assert.True(result.FunctionError == "Unhandled", $"{kind}: {payload}");
        Assert.Contains(Attack.ErrorType(payload), new[] { "Sandbox.Timedout", "Runtime.ExitError", "Function.ResponseSizeTooLarge" });
    }

    [Fact]
    public async Task Answer_OfAnySize_IsBounded()
    {
        foreach (var megabytes in new[] { 7, 100 })
        {
            var (_, payload) = await Attack.IsContainedAsync(h => Attack.Python(h, $"return 'x' * ({megabytes} << 20)", memoryMb: 1024));
            Assert.Equal("Function.ResponseSizeTooLarge", Attack.ErrorType(payload));
        }
    }

    [Fact]
    public void Allowance_Spent_ComesBackWithTime()
    {
        var clock = new ManualClock();
        var allowance = new OutputAllowance(clock);
        Assert.Equal(TimeSpan.Zero, allowance.Wait());
        allowance.Take(new byte[OutputAllowance.BurstBytes + OutputAllowance.BytesPerSecond]);
        Assert.InRange(allowance.Wait(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.1));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, allowance.Wait());
        allowance.Take("\n\n"u8);
        Assert.NotEqual(TimeSpan.Zero, allowance.Wait());
    }
}
