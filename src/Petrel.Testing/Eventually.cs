using System.Runtime.CompilerServices;

namespace Petrel.Testing;

/// <summary>Waits for what another task brings about, without a guess at how long it takes.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    /// <summary>Completes when <paramref name="condition"/> holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within 60 seconds.</exception>
    public static async Task IsTrueAsync(
        Func<bool> condition,
        [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"Never became true: {expression}");
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
