using Petrel.Aws.DynamoDb;
using Petrel.Server.Edge;
using Petrel.Server.Services.DynamoDb.Api.Tables;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api;

/// <summary>Step 6 for requests that name several tables: each is asked by itself, with the policy that the table carries.</summary>
internal sealed class TableAccess(IAuthorizer authorizer, TableCache tables)
{
    /// <param name="action">Without the service's prefix: <c>BatchGetItem</c>.</param>
    /// <param name="items">The items or keys that the request names; null for one that names none.</param>
    /// <exception cref="CommonException">Access denied.</exception>
    public async ValueTask AuthorizeAsync(string action, TableKey key, CallContext call, IEnumerable<AttributeMap>? items = null)
    {
        var table = await tables.FindAsync(key, call.Aborted);
        var keys = table is null || items is null || (table.Policy is null && call.Caller.Kind == PrincipalKind.Root) ? null : LeadingKeys.Of(items, table);
        await authorizer.AuthorizeAsync(
            new AccessCheck($"dynamodb:{action}", key.Arn, table?.Policy?.Document, MultiContext: LeadingKeys.Context(keys)), call);
    }
}
