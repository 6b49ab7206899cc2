namespace Petrel.Machine;

/// <summary>How good it is what was found.</summary>
internal enum Grade
{
    Good,

    /// <summary>It is not here, and nothing else depends on it.</summary>
    Absent,

    /// <summary>It runs, with less.</summary>
    Reduced,

    /// <summary>Functions do not run so.</summary>
    Bad,
}

/// <summary>One line of the doctor's report.</summary>
/// <param name="Area">What was looked at: <c>sandbox</c>, <c>runtime python3.13</c>.</param>
/// <param name="Next">What to do; null where nothing needs to be done.</param>
internal sealed record Finding(string Area, Grade Grade, string What, string? Next = null);
