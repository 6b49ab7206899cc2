using System.Diagnostics.CodeAnalysis;

namespace Petrel.Functions;

/// <summary>Where a function's connections may go, beside the platform at its own localhost. docs/functions.md tells the three apart.</summary>
public enum FunctionEgress
{
    /// <summary>Nowhere, and no name is resolved.</summary>
    None,

    /// <summary>The outside: nothing of the host, of the networks it is in, or of ranges that are not the Internet's.</summary>
    Outside,

    /// <summary>All but ranges that are not the Internet's: also the host's public addresses and its neighbours with public ones.</summary>
    AllButPrivate,
}

/// <summary>The names under which people write <see cref="FunctionEgress"/>.</summary>
public static class FunctionEgressNames
{
    /// <summary>The variable of a function that chooses its own.</summary>
    public const string Variable = "PETREL_EGRESS";

    /// <summary>All names, for messages.</summary>
    public const string All = "none, outside, all-but-private";

    public static bool TryParse([NotNullWhen(true)] string? text, out FunctionEgress egress)
    {
        (var known, egress) = text switch
        {
            "none" => (true, FunctionEgress.None),
            "outside" => (true, FunctionEgress.Outside),
            "all-but-private" => (true, FunctionEgress.AllButPrivate),
            _ => (false, FunctionEgress.None),
        };
        return known;
    }
}
