using System.Text.Json;

namespace Petrel.Server.Services.Lambda.EventSources.Model;

/// <summary>
/// What a function's answer says of a batch, when the mapping has <c>ReportBatchItemFailures</c>. Nothing, null, an empty object and an
/// empty or null list of failures are a success; a list that names a record which is not in the batch, or none, fails the whole batch.
/// </summary>
internal static class PartialAnswer
{
    /// <param name="identifiers">Of the records that the function was sent.</param>
    /// <returns>The outcome, and for a partial one the index of the first record that failed.</returns>
    public static (SliceOutcome Outcome, int FailedAt) Read(ReadOnlyMemory<byte> answer, IReadOnlyList<string> identifiers)
    {
        if (answer.IsEmpty)
        {
            return (SliceOutcome.Success, 0);
        }

        try
        {
            using var document = JsonDocument.Parse(answer);
            return Read(document.RootElement, identifiers);
        }
        catch (JsonException)
        {
            return (SliceOutcome.Failed, 0);
        }
    }

    private static (SliceOutcome Outcome, int FailedAt) Read(JsonElement answer, IReadOnlyList<string> identifiers)
    {
        if (answer.ValueKind != JsonValueKind.Object
            || !answer.TryGetProperty("batchItemFailures", out var failures)
            || failures.ValueKind == JsonValueKind.Null)
        {
            return (SliceOutcome.Success, 0);
        }

        if (failures.ValueKind != JsonValueKind.Array)
        {
            return (SliceOutcome.Failed, 0);
        }

        var first = identifiers.Count;
        foreach (var failure in failures.EnumerateArray())
        {
            var at = IndexOf(failure, identifiers);
            if (at < 0)
            {
                return (SliceOutcome.Failed, 0);
            }

            first = Math.Min(first, at);
        }

        return first == identifiers.Count ? (SliceOutcome.Success, 0) : (SliceOutcome.Partial, first);
    }

    private static int IndexOf(JsonElement failure, IReadOnlyList<string> identifiers)
    {
        if (failure.ValueKind != JsonValueKind.Object
            || !failure.TryGetProperty("itemIdentifier", out var identifier)
            || identifier.ValueKind != JsonValueKind.String)
        {
            return -1;
        }

        var text = identifier.GetString();
        for (var i = 0; i < identifiers.Count; i++)
        {
            if (identifiers[i] == text)
            {
                return i;
            }
        }

        return -1;
    }
}
