namespace Petrel.Storage;

/// <summary>What the embedded engines ask of a transaction function.</summary>
internal static class TransactionRules
{
    /// <summary>The result of a function that completed without waiting; another is an error, since the lane cannot wait for it.</summary>
    public static T Completed<T>(ValueTask<T> task)
    {
        if (task.IsCompleted)
        {
            return task.GetAwaiter().GetResult();
        }

        _ = ObserveAsync(task);
        throw new InvalidOperationException("A transaction function awaits only its transaction; this one waits for something else.");
    }

    private static async Task ObserveAsync<T>(ValueTask<T> task)
    {
        try
        {
            await task;
        }
        catch (Exception)
        {
            // The caller already has the error that matters: that the function waited.
        }
    }
}
