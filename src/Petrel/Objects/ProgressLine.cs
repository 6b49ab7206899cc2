using Petrel.Terminal;

namespace Petrel.Objects;

/// <summary>How far a copy is: one line that is drawn anew on a terminal; elsewhere nothing until a file is done.</summary>
internal sealed class ProgressLine(Output output, bool isTerminal, TimeProvider time)
{
    private const int BarWidth = 24;

    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly long _started = time.GetTimestamp();
    private long _drawn = time.GetTimestamp();
    private long _done;
    private long _total;

    public void Expect(long bytes) => Interlocked.Add(ref _total, bytes);

    /// <param name="bytes">Negative where a piece is sent again.</param>
    public void Add(long bytes)
    {
        var done = Interlocked.Add(ref _done, bytes);
        lock (_lock)
        {
            if (!isTerminal || time.GetElapsedTime(_drawn) < DrawEvery)
            {
                return;
            }

            _drawn = time.GetTimestamp();
            output.StandardError.Write('\r' + Draw(done, Interlocked.Read(ref _total), time.GetElapsedTime(_started)) + "  ");
        }
    }

    /// <summary>A file is there.</summary>
    public void Done(string what)
    {
        lock (_lock)
        {
            if (isTerminal)
            {
                output.StandardError.Write("\r" + new string(' ', 100) + "\r");
            }

            output.Step(what);
        }
    }

    public static string Draw(long done, long total, TimeSpan elapsed)
    {
        var share = total <= 0 ? 1 : Math.Clamp((double)done / total, 0, 1);
        var full = (int)(share * BarWidth);
        var rate = elapsed.TotalSeconds < 0.001 ? 0 : done / elapsed.TotalSeconds;
        return $"[{new string('=', full)}{new string(' ', BarWidth - full)}] {share * 100,3:0}%  {Amounts.Bytes(done)} of {Amounts.Bytes(total)}, {Amounts.Bytes(rate)}/s";
    }
}
