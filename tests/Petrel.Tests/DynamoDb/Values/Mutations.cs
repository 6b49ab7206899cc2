using CsCheck;

namespace Petrel.Tests.DynamoDb.Values;

/// <summary>Damaged input: up to four changes of something valid.</summary>
internal static class Mutations
{
    /// <param name="pieces">What may be put in besides parts of the text itself.</param>
    public static Gen<string> Of(string[] valid, string[] pieces) => Gen.Select(
        Gen.OneOf<string>(valid), Gen.Select(Gen.Int[0, 2], Gen.Double[0, 1], Gen.Int[1, 8], Gen.OneOf<string>(pieces)).Array[1, 4]).Select(Mutate);

    private static string Mutate(string text, (int Kind, double At, int Count, string Piece)[] changes)
    {
        foreach (var (kind, at, count, piece) in changes)
        {
            var start = (int)(at * text.Length);
            var end = Math.Min(start + count, text.Length);
            text = kind switch
            {
                0 => text.Insert(start, piece),
                1 => text.Remove(start, end - start),
                _ => text.Insert(start, text[start..end]),
            };
        }

        return text;
    }
}
