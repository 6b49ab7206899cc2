using System.Collections.Concurrent;

namespace Petrel.Server.Services.DynamoDb.Model.Expressions.Syntax;

/// <summary>
/// What texts were parsed to, since applications send the same few expressions with ever new values. Names and values are no part of it.
/// </summary>
internal sealed class SyntaxCache<T>(Func<string, T> parse)
    where T : class
{
    /// <summary>At most 4 KB of text each; when it is full it begins anew.</summary>
    private const int MaxEntries = 1_024;

    private readonly ConcurrentDictionary<string, T> _parsed = [];
    private int _count;

    /// <exception cref="ExpressionException">The text cannot be parsed; that is not kept.</exception>
    public T Get(string text)
    {
        if (_parsed.TryGetValue(text, out var known))
        {
            return known;
        }

        var parsed = parse(text);
        if (Interlocked.Increment(ref _count) > MaxEntries)
        {
            _parsed.Clear();
            _count = 1;
        }

        _parsed[text] = parsed;
        return parsed;
    }
}
