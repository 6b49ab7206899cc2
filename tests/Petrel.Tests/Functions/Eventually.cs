namespace Petrel.Tests.Functions;

/// <summary>Waits for what only the operating system can bring about and tells nobody.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition, int seconds = 20)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var tick = 0; tick < seconds * 100 && !condition(); tick++)
        {
            await timer.WaitForNextTickAsync();
        }

        Assert.True(condition());
    }
}
