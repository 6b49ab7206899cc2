using System.Text.Json;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>Who may use a layer version of another account.</summary>
internal static class LayerPolicy
{
    /// <summary>Whether a statement names the account or everybody. Those that ask for an organisation allow nobody: there are none here.</summary>
    public static bool Allows(PolicyRecord? policy, string account)
    {
        foreach (var statement in policy?.Statements ?? [])
        {
            using var json = JsonDocument.Parse(statement.Json);
            var principal = json.RootElement.GetProperty("Principal");
            var named = principal.ValueKind == JsonValueKind.String
                ? principal.GetString() == "*"
                : principal.TryGetProperty("AWS", out var arn) && arn.GetString() == $"arn:aws:iam::{account}:root";
            if (named && !json.RootElement.TryGetProperty("Condition", out _))
            {
                return true;
            }
        }

        return false;
    }
}
