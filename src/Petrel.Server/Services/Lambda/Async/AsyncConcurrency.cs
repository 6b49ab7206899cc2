namespace Petrel.Server.Services.Lambda.Async;

/// <summary>
/// How many events of one function run at once: twice as many whenever a whole batch was waiting. A refusal halves it, and from then on
/// it grows by one at a time, each after a number of events that were not refused.
/// </summary>
/// <param name="Threshold">Up to here it doubles.</param>
/// <param name="Received">Events since the limit last changed.</param>
internal readonly record struct AsyncConcurrency(int Limit, int Threshold, int Received)
{
    /// <summary>How many events must have gone well before one more is tried at once.</summary>
    public const int Patience = 16;

    /// <summary>Functions that wait for others want more than there are processors, those that compute no more: sixteen for each.</summary>
    public static readonly int Max = 16 * Math.Max(Environment.ProcessorCount, 2);

    public static readonly AsyncConcurrency Start = new(4, Max, 0);

    public AsyncConcurrency AfterReceive(int asked, int received)
    {
        if (received < asked)
        {
            return this with { Received = Received + received };
        }

        if (Limit < Threshold)
        {
            return this with { Limit = Math.Min(Limit * 2, Threshold), Received = 0 };
        }

        return Received + received < Patience || Limit >= Max
            ? this with { Received = Received + received }
            : this with { Limit = Limit + 1, Received = 0 };
    }

    public AsyncConcurrency AfterRefusal()
    {
        var half = Math.Max(Limit / 2, 1);
        return new AsyncConcurrency(half, half, 0);
    }
}
