using Petrel.Server.Services.Lambda.EventSources.Model;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.EventSources;

/// <summary>
/// The batches that a mapping gave up: lists them, and sends one again. It goes beside what the mapping sends meanwhile, so that the order
/// of its keys is not kept.
/// </summary>
internal sealed class MappingRedrive(IStore store, MappingInvoker invoker)
{
    public ValueTask<MappingRecord?> FindAsync(MappingKey key, CancellationToken cancellationToken) =>
        store.ReadAsync(tx => MappingStore.GetAsync(tx, key), cancellationToken);

    public ValueTask<List<MappingFailure>> ListAsync(MappingRecord mapping, string? after, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(tx => FailureStore.ListAsync(tx, mapping.Id, after, limit), cancellationToken);

    public ValueTask<long> CountAsync(MappingRecord mapping, CancellationToken cancellationToken) =>
        store.ReadAsync(tx => FailureStore.CountAsync(tx, mapping.Id), cancellationToken);

    /// <summary>Forgets a failure; false when there is none of this id.</summary>
    public ValueTask<bool> RemoveAsync(MappingRecord mapping, string id) => store.WriteAsync(async tx =>
    {
        if (await FailureStore.GetAsync(tx, mapping.Id, id) is not { } failure)
        {
            return false;
        }

        FailureStore.Remove(tx, mapping.Id, failure);
        return true;
    });

    /// <summary>Sends a batch again. It is gone when the function succeeds, and keeps the new error when not.</summary>
    /// <returns>Null when there is no such failure; else what the function said, or an empty text for a success.</returns>
    public async Task<string?> SendAsync(MappingRecord mapping, string id, CancellationToken cancellationToken)
    {
        var (failure, payload) = await store.ReadAsync(
            async tx => (await FailureStore.GetAsync(tx, mapping.Id, id), await FailureStore.GetPayloadAsync(tx, mapping.Id, id)), cancellationToken);
        if (failure is null)
        {
            return null;
        }

        var attempt = await invoker.InvokeAsync(mapping, payload, cancellationToken);
        if (ErrorOf(attempt, mapping) is not { } error)
        {
            await RemoveAsync(mapping, id);
            return "";
        }

        // The function has run: what came of it is kept although whoever asked may have gone.
        await store.WriteAsync(
            async tx =>
            {
                if (await FailureStore.GetAsync(tx, mapping.Id, id) is { } current)
                {
                    FailureStore.Replace(tx, mapping.Id, current with { Error = error, RequestId = attempt.RequestId, Redrives = current.Redrives + 1 });
                }

                return true;
            },
            CancellationToken.None);
        return error;
    }

    /// <summary>Null for a success. Any record that the function still reports leaves the batch where it is.</summary>
    private static string? ErrorOf(MappingAttempt attempt, MappingRecord mapping)
    {
        if (attempt.Result is not { } result)
        {
            return attempt.Problem;
        }

        if (result.FunctionError is not null)
        {
            return ErrorText.Of(result.Payload);
        }

        return mapping.Settings.ReportsItemFailures && PartialAnswer.Read(result.Payload, []).Outcome != SliceOutcome.Success
            ? "The function reported records that failed."
            : null;
    }
}
