using System.Security.Cryptography;
using System.Text.Json;
using Petrel.Server.Security;

namespace Petrel.Server.Services.Lambda.Store;

/// <summary>Environment variables often are secrets: the store holds them sealed, with a key that is outside of it.</summary>
internal sealed class EnvironmentSeal(ISecretBox box)
{
    private const string Purpose = "lambda-environment";

    public byte[]? Close(Dictionary<string, string>? variables) =>
        variables is null ? null : box.Seal(JsonSerializer.SerializeToUtf8Bytes(variables), Purpose);

    /// <summary>Sealed variables for those given; the present ones when they are the same, so that nothing seems to have changed.</summary>
    public byte[]? Close(Dictionary<string, string> variables, byte[]? present) =>
        Open(present) is { } open && open.Count == variables.Count && !open.Except(variables).Any() ? present : Close(variables);

    /// <exception cref="CryptographicException">They were sealed with another key: the data folder's keys are not those of its store.</exception>
    public Dictionary<string, string>? Open(byte[]? variables)
    {
        if (variables is null)
        {
            return null;
        }

        return box.TryOpen(variables, Purpose, out var plain)
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(plain)
            : throw new CryptographicException("A function's environment variables were sealed with another key than this daemon has.");
    }
}
