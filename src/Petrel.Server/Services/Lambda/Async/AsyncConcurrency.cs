namespace Petrel.Server.Services.Lambda.Async;

/// <summary>
/// How many events of one function run at once: twice as many whenever a whole batch was waiting, half as many when one was refused.
/// </summary>
internal readonly record struct AsyncConcurrency(int Limit)
{
    /// <summary>Functions that wait for others want more than there are processors, those that compute no more: sixteen for each.</summary>
    public static readonly int Max = 16 * Math.Max(Environment.ProcessorCount, 2);

    public static readonly AsyncConcurrency Start = new(4);

    public AsyncConcurrency AfterReceive(int asked, int received) => received < asked ? this : new AsyncConcurrency(Math.Min(Limit * 2, Max));

    public AsyncConcurrency AfterRefusal() => new(Math.Max(Limit / 2, 1));
}
