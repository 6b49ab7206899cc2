using System.Runtime.CompilerServices;
using Petrel.Wire.Operations;

namespace Petrel.Wire.Rest;

/// <summary>What a path led to. Labels are ranges of the raw path, so that finding an operation allocates nothing.</summary>
public struct RestMatch
{
    /// <summary>More labels than any service's template has.</summary>
    internal const int MaxLabels = 8;

    private LabelRanges _labels;

    public Operation? Operation { readonly get; internal set; }

    /// <summary>The name of an operation that the real service has at this path and this platform lacks.</summary>
    public string? MissingName { readonly get; internal set; }

    /// <summary>The raw text of label <paramref name="index"/>, still percent-encoded.</summary>
    public readonly ReadOnlySpan<char> Label(int index, ReadOnlySpan<char> rawPath) => rawPath[_labels[index]];

    internal void SetLabel(int index, Range range) => _labels[index] = range;

    [InlineArray(MaxLabels)]
    private struct LabelRanges
    {
        private Range _first;
    }
}
