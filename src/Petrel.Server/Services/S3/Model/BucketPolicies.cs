using System.Text;
using System.Text.Json;
using Petrel.Aws.S3;

namespace Petrel.Server.Services.S3.Model;

/// <summary>What a bucket's policy may say beyond what every policy may, and whether it makes the bucket public.</summary>
internal static class BucketPolicies
{
    private const int MaxBytes = 20_480;

    /// <summary>Conditions on who or from where, which keep a statement from being public when their values are fixed.</summary>
    private static readonly HashSet<string> Restricting = new(StringComparer.OrdinalIgnoreCase)
    {
        "aws:SourceArn", "aws:SourceVpc", "aws:SourceVpce", "aws:SourceOwner", "aws:SourceAccount", "aws:SourceIp", "aws:userid", "aws:PrincipalOrgID",
        "aws:PrincipalAccount", "aws:PrincipalArn", "aws:CalledVia", "aws:ViaAWSService", "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:DataAccessPointArn", "s3:DataAccessPointAccount",
    };

    /// <exception cref="S3Exception">MalformedPolicy.</exception>
    public static void Check(string document, string bucket)
    {
        if (!document.StartsWith('{') || Encoding.UTF8.GetByteCount(document) > MaxBytes)
        {
            throw Malformed(document.StartsWith('{')
                ? $"Policy document must not exceed {MaxBytes} bytes in size"
                : "Policies must be valid JSON and the first byte must be '{'");
        }

        using var parsed = Parse(document);
        foreach (var statement in Statements(parsed.RootElement))
        {
            CheckStatement(statement, $"arn:aws:s3:::{bucket}");
        }
    }

    /// <summary>Some statement allows everybody something, from anywhere.</summary>
    public static bool IsPublic(string document)
    {
        using var parsed = Parse(document);
        return Statements(parsed.RootElement).Any(static statement =>
            statement.TryGetProperty("Effect", out var effect) && effect.ValueEquals("Allow") && IsForEveryone(statement) && !IsRestricted(statement));
    }

    private static void CheckStatement(JsonElement statement, string arn)
    {
        if (!statement.TryGetProperty("Principal", out _) && !statement.TryGetProperty("NotPrincipal", out _))
        {
            throw Malformed("Missing required field Principal");
        }

        foreach (var action in Texts(statement, "Action").Concat(Texts(statement, "NotAction")))
        {
            if (action != "*" && !action.StartsWith("s3:", StringComparison.OrdinalIgnoreCase))
            {
                throw Malformed("Policy has invalid action");
            }
        }

        foreach (var resource in Texts(statement, "Resource").Concat(Texts(statement, "NotResource")))
        {
            if (resource != arn && !resource.StartsWith(arn + "/", StringComparison.Ordinal) && !(resource.StartsWith(arn, StringComparison.Ordinal) && resource[arn.Length] is '*' or '?'))
            {
                throw Malformed("Policy has invalid resource");
            }
        }
    }

    private static bool IsForEveryone(JsonElement statement)
    {
        if (!statement.TryGetProperty("Principal", out var principal))
        {
            return statement.TryGetProperty("NotPrincipal", out _);
        }

        return principal.ValueKind == JsonValueKind.String
            ? principal.ValueEquals("*")
            : principal.TryGetProperty("AWS", out _) && Texts(principal, "AWS").Contains("*");
    }

    private static bool IsRestricted(JsonElement statement)
    {
        if (!statement.TryGetProperty("Condition", out var condition) || condition.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var test in condition.EnumerateObject())
        {
            var isPositive = !test.Name.Contains("Not", StringComparison.Ordinal) && !test.Name.Equals("Null", StringComparison.Ordinal)
                && !test.Name.EndsWith("IfExists", StringComparison.Ordinal);
            foreach (var key in test.Value.EnumerateObject())
            {
                if (isPositive && Restricting.Contains(key.Name) && Texts(test.Value, key.Name).All(static value => !value.Contains('*') && value != "0.0.0.0/0" && value != "::/0"))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static IEnumerable<JsonElement> Statements(JsonElement policy)
    {
        if (!policy.TryGetProperty("Statement", out var statement))
        {
            throw Malformed("Missing required field Statement");
        }

        return statement.ValueKind == JsonValueKind.Array ? statement.EnumerateArray() : [statement];
    }

    private static IEnumerable<string> Texts(JsonElement of, string name) => !of.TryGetProperty(name, out var found) ? []
        : found.ValueKind == JsonValueKind.Array ? found.EnumerateArray().Select(static e => e.ToString())
        : [found.ToString()];

    private static JsonDocument Parse(string document)
    {
        try
        {
            return JsonDocument.Parse(document);
        }
        catch (JsonException)
        {
            throw Malformed("Policies must be valid JSON and the first byte must be '{'");
        }
    }

    public static S3Exception Malformed(string message) => S3Exception.Of("MalformedPolicy", message, 400);
}
