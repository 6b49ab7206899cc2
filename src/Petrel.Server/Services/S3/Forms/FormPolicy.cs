using System.Globalization;
using System.Text;
using System.Text.Json;
using Petrel.Aws.S3;

namespace Petrel.Server.Services.S3.Forms;

/// <summary>What the signer of a form lets its user send: every field but a few must be allowed by a condition.</summary>
internal sealed class FormPolicy
{
    private static readonly HashSet<string> Free = new(StringComparer.OrdinalIgnoreCase)
    {
        "policy", "signature", "x-amz-signature", "AWSAccessKeyId", "file", "submit",
    };

    private readonly List<(string Kind, string Field, string Value, string Text)> _conditions = [];

    private FormPolicy()
    {
    }

    public long MinBytes { get; private set; }

    public long MaxBytes { get; private set; } = IS3.MaxObjectBytes;

    /// <param name="encoded">In base 64, as the form has it.</param>
    /// <exception cref="S3Exception">InvalidPolicyDocument; AccessDenied for one whose time is over.</exception>
    public static FormPolicy Parse(string encoded, DateTimeOffset now)
    {
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
        {
            throw Invalid("Invalid Policy: Invalid Base64.");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(0, length));
            var root = document.RootElement;
            if (!root.TryGetProperty("expiration", out var expiration)
                || !DateTimeOffset.TryParse(expiration.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until))
            {
                throw Invalid("Invalid Policy: Invalid or missing 'expiration'.");
            }

            if (now > until)
            {
                throw Denied("Policy expired.");
            }

            var policy = new FormPolicy();
            foreach (var condition in root.TryGetProperty("conditions", out var conditions) ? conditions.EnumerateArray() : throw Invalid("Invalid Policy: Policy missing conditions."))
            {
                policy.Add(condition);
            }

            return policy;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            throw Invalid("Invalid Policy: Invalid JSON.");
        }
    }

    /// <exception cref="S3Exception">A condition fails, or a field has none (AccessDenied).</exception>
    public void Check(IReadOnlyDictionary<string, string> fields)
    {
        foreach (var (kind, field, value, text) in _conditions)
        {
            var given = fields.GetValueOrDefault(field, "");
            var holds = kind == "eq" ? given == value : given.StartsWith(value, StringComparison.Ordinal);
            if (!holds)
            {
                throw Denied($"Policy Condition failed: {text}");
            }
        }

        foreach (var name in fields.Keys)
        {
            var isFree = Free.Contains(name) || name.StartsWith("x-ignore-", StringComparison.OrdinalIgnoreCase);
            if (!isFree && !_conditions.Exists(c => c.Field.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                throw Denied($"Extra input fields: {name}");
            }
        }
    }

    private void Add(JsonElement condition)
    {
        if (condition.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in condition.EnumerateObject())
            {
                AddField("eq", "$" + member.Name, member.Value.ToString());
            }

            return;
        }

        var parts = condition.EnumerateArray().ToArray();
        if (parts.Length != 3)
        {
            throw Invalid("Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
        }

        var kind = parts[0].GetString()!.ToLowerInvariant();
        switch (kind)
        {
            case "content-length-range":
                (MinBytes, MaxBytes) = (Number(parts[1]), Math.Min(Number(parts[2]), IS3.MaxObjectBytes));
                break;
            case "eq" or "starts-with":
                AddField(kind, parts[1].ToString(), parts[2].ToString());
                break;
            default:
                throw Invalid($"Invalid Policy: Unknown condition {kind}.");
        }
    }

    private void AddField(string kind, string field, string value)
    {
        if (field is not ['$', .. var name])
        {
            throw Invalid($"Invalid Policy: a condition's field begins with $: {field}");
        }

        _conditions.Add((kind, name.ToLowerInvariant(), value, $"[\"{kind}\", \"{field}\", \"{value}\"]"));
    }

    private static long Number(JsonElement part) =>
        long.TryParse(part.ToString(), CultureInfo.InvariantCulture, out var number) && number >= 0 ? number : throw Invalid("Invalid Policy: Invalid content-length-range.");

    private static S3Exception Invalid(string message) => S3Exception.Of("InvalidPolicyDocument", message, 400);

    private static S3Exception Denied(string reason) => S3Exception.Of("AccessDenied", $"Invalid according to Policy: {reason}", 403);
}
