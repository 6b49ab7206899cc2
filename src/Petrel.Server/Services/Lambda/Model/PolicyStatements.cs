using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Petrel.Aws.Lambda;

namespace Petrel.Server.Services.Lambda.Model;

/// <summary>Statements of resource policies, as Lambda writes them for permissions.</summary>
internal static partial class PolicyStatements
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="InvalidParameterValueException">The principal names nobody.</exception>
    public static PolicyStatement Of(AddPermissionRequest request, string resourceArn)
    {
        var equals = new List<(string Key, string Value)>();
        AddIf(equals, "AWS:SourceAccount", request.SourceAccount);
        AddIf(equals, "lambda:EventSourceToken", request.EventSourceToken);
        AddIf(equals, "lambda:FunctionUrlAuthType", request.FunctionUrlAuthType);
        AddIf(equals, "aws:PrincipalOrgID", request.PrincipalOrgId);
        var conditions = new List<(string Operator, List<(string Key, string Value)> Keys)>();
        if (equals.Count > 0)
        {
            conditions.Add(("StringEquals", equals));
        }

        if (request.InvokedViaFunctionUrl is { } viaUrl)
        {
            conditions.Add(("Bool", [("lambda:InvokedViaFunctionUrl", viaUrl ? "true" : "false")]));
        }

        if (request.SourceArn is not null)
        {
            conditions.Add(("ArnLike", [("AWS:SourceArn", request.SourceArn)]));
        }

        return Write(request.StatementId, request.Principal, request.Action, resourceArn, conditions);
    }

    public static PolicyStatement Of(AddLayerVersionPermissionRequest request, string resourceArn)
    {
        var conditions = new List<(string Operator, List<(string Key, string Value)> Keys)>();
        if (request.OrganizationId is not null)
        {
            conditions.Add(("StringEquals", [("aws:PrincipalOrgID", request.OrganizationId)]));
        }

        return Write(request.StatementId, request.Principal, request.Action, resourceArn, conditions);
    }

    /// <exception cref="ResourceConflictException">The statement's id is taken.</exception>
    /// <exception cref="PolicyLengthExceededException">The policy would be longer than 20 KB.</exception>
    public static PolicyRecord Add(PolicyRecord? policy, PolicyStatement statement, string? qualifier, string revision)
    {
        if (policy?.Statements.Any(present => present.Sid == statement.Sid) == true)
        {
            throw new ResourceConflictException(
                $"The statement id ({statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.");
        }

        var added = new PolicyRecord(qualifier, revision, [.. policy?.Statements ?? [], statement]);
        return Encoding.UTF8.GetByteCount(added.ToJson()) <= Limits.PolicyBytes
            ? added
            : throw new PolicyLengthExceededException($"The final policy size ({Encoding.UTF8.GetByteCount(added.ToJson())}) is bigger than the limit ({Limits.PolicyBytes}).");
    }

    /// <summary>The policy without a statement; without statements there is no policy.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such statement.</exception>
    public static PolicyRecord? Remove(PolicyRecord policy, string statementId, string revision)
    {
        var left = policy.Statements.Where(statement => statement.Sid != statementId).ToArray();
        if (left.Length == policy.Statements.Length)
        {
            throw new ResourceNotFoundException($"Statement {statementId} is not found in resource policy.");
        }

        return left.Length == 0 ? null : policy with { Statements = left, RevisionId = revision };
    }

    private static PolicyStatement Write(
        string sid,
        string principal,
        string action,
        string resourceArn,
        List<(string Operator, List<(string Key, string Value)> Keys)> conditions)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("Sid", sid);
            json.WriteString("Effect", "Allow");
            WritePrincipal(json, principal);
            json.WriteString("Action", action);
            json.WriteString("Resource", resourceArn);
            if (conditions.Count > 0)
            {
                json.WriteStartObject("Condition");
                foreach (var (name, keys) in conditions)
                {
                    json.WriteStartObject(name);
                    keys.ForEach(pair => json.WriteString(pair.Key, pair.Value));
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return new PolicyStatement(sid, Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static void WritePrincipal(Utf8JsonWriter json, string principal)
    {
        if (principal == "*")
        {
            json.WriteString("Principal", principal);
            return;
        }

        var (kind, value) = principal switch
        {
            _ when Account().IsMatch(principal) => ("AWS", $"arn:aws:iam::{principal}:root"),
            _ when principal.StartsWith("arn:", StringComparison.Ordinal) => ("AWS", principal),
            _ when Service().IsMatch(principal) => ("Service", principal),
            _ => throw new InvalidParameterValueException("The provided principal was invalid. Please check the principal and try again."),
        };
        json.WriteStartObject("Principal");
        json.WriteString(kind, value);
        json.WriteEndObject();
    }

    private static void AddIf(List<(string Key, string Value)> keys, string key, string? value)
    {
        if (value is not null)
        {
            keys.Add((key, value));
        }
    }

    [GeneratedRegex(@"^\d{12}$", RegexOptions.NonBacktracking)]
    private static partial Regex Account();

    /// <summary>A service's name: <c>s3.amazonaws.com</c>, <c>events.amazonaws.com</c>.</summary>
    [GeneratedRegex(@"^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com|alexa\.com|internal)$", RegexOptions.NonBacktracking)]
    private static partial Regex Service();
}
