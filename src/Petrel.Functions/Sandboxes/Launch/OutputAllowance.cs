namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// How much one sandbox may print: what it may at once, and then so much a second. Beyond that its pipes are not read, so that it waits in
/// its own write: otherwise a function that only prints would take a processor of the daemon for itself. Used under the output's lock.
/// </summary>
internal sealed class OutputAllowance(TimeProvider time)
{
    public const long BurstBytes = 64 << 20, BytesPerSecond = 16 << 20;

    /// <summary>What a line costs beside its bytes: writing an event to the log.</summary>
    public const int LineBytes = 64;

    private long _left = BurstBytes;
    private long _refilled = time.GetTimestamp();

    public void Take(ReadOnlySpan<byte> bytes) => _left -= bytes.Length + (LineBytes * (long)bytes.Count((byte)'\n'));

    /// <summary>How long nothing more may be read; zero when it may.</summary>
    public TimeSpan Wait()
    {
        if (_left < 0)
        {
            var now = time.GetTimestamp();
            _left = Math.Min(BurstBytes, _left + (long)(time.GetElapsedTime(_refilled, now).TotalSeconds * BytesPerSecond));
            _refilled = now;
        }

        return _left >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)-_left / BytesPerSecond) + TimeSpan.FromMilliseconds(10);
    }
}
