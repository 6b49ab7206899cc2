using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Tables;

/// <summary>How requests name tables: by name, in the caller's account and region, or by ARN.</summary>
internal static class TableNames
{
    private const int MinLength = 3;
    private const int MaxLength = 255;

    /// <summary>The <c>TableName</c> of a request: the service says in words of its own that it is missing, or too short or long.</summary>
    /// <exception cref="CommonException">It is neither a table's name nor its ARN (<c>ValidationException</c>).</exception>
    public static TableKey Parse(string? nameOrArn, CallContext call)
    {
        if (nameOrArn is null)
        {
            throw CommonException.Validation("The parameter 'TableName' is required but was not present in the request");
        }

        if (nameOrArn.Length is < MinLength or > MaxLength && !nameOrArn.StartsWith("arn:", StringComparison.Ordinal))
        {
            throw CommonException.Validation(
                $"TableName must be at least {MinLength} characters long and at most {MaxLength} characters long");
        }

        return ParseNested(nameOrArn, call);
    }

    /// <summary>A table that stands elsewhere in a request: as the key of a batch, in a transaction, in a statement.</summary>
    /// <exception cref="CommonException">It is neither a table's name nor its ARN (<c>ValidationException</c>).</exception>
    public static TableKey ParseNested(string nameOrArn, CallContext call)
    {
        if (nameOrArn.StartsWith("arn:", StringComparison.Ordinal))
        {
            return TryParseArn(nameOrArn, out var key) ? key : throw CommonException.Validation($"Invalid TableArn: {nameOrArn}");
        }

        if (nameOrArn.Length is < MinLength or > MaxLength || !IsName(nameOrArn))
        {
            throw CommonException.Validation(Describe(nameOrArn));
        }

        return new TableKey(call.Account, call.Region, nameOrArn);
    }

    /// <summary><c>arn:aws:dynamodb:{region}:{account}:table/{name}</c>.</summary>
    public static bool TryParseArn(string arn, [NotNullWhen(true)] out TableKey key)
    {
        Span<Range> parts = stackalloc Range[7];
        key = default;
        var text = arn.AsSpan();
        if (text.Split(parts, ':') != 6 || text[parts[2]] is not "dynamodb" || !text[parts[5]].StartsWith("table/", StringComparison.Ordinal))
        {
            return false;
        }

        var name = text[parts[5]]["table/".Length..];
        key = new TableKey(text[parts[4]].ToString(), text[parts[3]].ToString(), name.ToString());
        return name.Length is >= MinLength and <= MaxLength && IsName(name);
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    private static string Describe(string name)
    {
        var problems = new List<string>(2);
        if (!IsName(name) || name.Length == 0)
        {
            problems.Add("Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
        }

        if (name.Length < MinLength)
        {
            problems.Add($"Member must have length greater than or equal to {MinLength}");
        }

        if (name.Length > MaxLength)
        {
            problems.Add($"Member must have length less than or equal to {MaxLength}");
        }

        var plural = problems.Count == 1 ? "" : "s";
        var details = problems.ConvertAll(problem => $"Value '{name}' at 'tableName' failed to satisfy constraint: {problem}");
        return string.Create(
            CultureInfo.InvariantCulture, $"{problems.Count} validation error{plural} detected: {string.Join("; ", details)}");
    }
}
