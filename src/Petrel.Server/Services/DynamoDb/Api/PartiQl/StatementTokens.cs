using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.PartiQl;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.PartiQl;

/// <summary>
/// The digest by which a transaction of statements is known, and NextToken: the key after which the next page begins, with a sign of the
/// statement that it belongs to.
/// </summary>
internal static class StatementTokens
{
    private const int SignBytes = 8;

    public static string Make(ExecuteStatementRequest request, AttributeMap lastKey) =>
        Base64Url.EncodeToString([.. Sign(request), .. ItemCodec.Encode(lastKey)]);

    /// <exception cref="CommonException">The token is none of this statement (<c>ValidationException</c>).</exception>
    public static AttributeMap Read(ExecuteStatementRequest request)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(request.NextToken);
            if (bytes.Length > SignBytes && bytes.AsSpan(0, SignBytes).SequenceEqual(Sign(request)))
            {
                return ItemCodec.Decode(bytes.AsMemory(SignBytes)).Decoded();
            }
        }
        catch (Exception wrong) when (wrong is FormatException or InvalidDataException)
        {
            // Said below.
        }

        throw StatementError.Of("NextToken does not match request");
    }

    public static byte[] Digest(ExecuteTransactionRequest request)
    {
        var text = new StringBuilder();
        foreach (var statement in request.TransactStatements)
        {
            Append(text, statement.Statement, statement.Parameters);
            text.Append(statement.ReturnValuesOnConditionCheckFailure).Append('\n');
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static byte[] Sign(ExecuteStatementRequest request)
    {
        var text = new StringBuilder();
        Append(text, request.Statement, request.Parameters);
        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))[..SignBytes];
    }

    private static void Append(StringBuilder text, string statement, List<AttributeValue>? parameters)
    {
        text.Append(statement.Length).Append(' ').Append(statement);
        foreach (var parameter in parameters ?? [])
        {
            text.Append('\0').Append(parameter);
        }
    }
}
