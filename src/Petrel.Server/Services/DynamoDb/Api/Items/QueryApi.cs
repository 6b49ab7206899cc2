using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.Legacy;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Wire;
using QueryRange = Petrel.Server.Services.DynamoDb.Model.Expressions.KeyRange;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>Query: items of one partition key, in the order of sort keys, page by page.</summary>
internal sealed class QueryApi(TableCache tables, Pages pages)
{
    public async Task<QueryResult> QueryAsync(QueryRequest request, CallContext call)
    {
        var expressions = QueryExpressions.Read(request);
        var table = await tables.GetAsync(TableNames.Parse(request.TableName, call), call.Aborted);
        var index = IndexLookup.Find(table, request.IndexName, request.ConsistentRead);
        if (request.ExclusiveStartKey is not null)
        {
            StartKeyRules.CheckSchema(table, index, request.ExclusiveStartKey, isQuery: true);
        }

        var keys = index?.Keys ?? table.Keys;
        var range = expressions.Keys.For(keys);
        ItemRules.CheckCondition(keys, range);
        ItemRules.CheckScalars(table, expressions.Projection?.NestedAttributes);
        CheckFilter(request, expressions.Filter, keys);
        ItemRules.CheckScalars(table, expressions.Filter?.NestedAttributes);
        var rows = range.Sort is null
            ? ItemKeys.Partition(table, index, range.Partition)
            : ItemKeys.Sorted(table, index, range.Partition, range.Sort);
        var plan = new ReadPlan(table, index, rows)
        {
            Descending = !request.ScanIndexForward,
            Limit = request.Limit,
            Filter = expressions.Filter,
            Projection = expressions.Projection,
            CountsOnly = request.Select == "COUNT",
            FetchesItems = SelectRules.FetchesItems(table, index, request.Select, expressions.Projection),
            Consistent = request.ConsistentRead,
        };
        if (request.ExclusiveStartKey is { } startKey)
        {
            plan = StartAfter(plan, startKey, range);
        }

        var page = await pages.ReadAsync(plan, call.Aborted);
        return new QueryResult(
            page.Items, page.Count, page.ScannedCount, page.Last, Pages.Report(plan, page, request.TableName, request.ReturnConsumedCapacity));
    }

    /// <summary>Begins after a row, which need not be there any more, but must be one that the query could have answered.</summary>
    private static ReadPlan StartAfter(ReadPlan plan, AttributeMap startKey, QueryRange range)
    {
        var keys = plan.Index?.Keys ?? plan.Table.Keys;
        var row = plan.Index is null ? ItemKeys.OfItem(plan.Table, startKey) : ItemKeys.OfEntry(plan.Table, plan.Index, startKey);
        var partition = startKey[keys.Partition.Name];
        if (range.Sort is not null && !ItemKeys.Sorted(plan.Table, plan.Index, partition, range.Sort).Contains(row))
        {
            throw CommonException.Validation("The provided starting key does not match the range key predicate");
        }

        if (!partition.Equals(range.Partition))
        {
            throw CommonException.Validation(range.Sort is null
                ? "The provided starting key is outside query boundaries based on provided conditions"
                : "The query can return at most one row and cannot be restarted");
        }

        return plan with { Range = plan.Descending ? plan.Range.Before(row) : plan.Range.After(row) };
    }

    /// <summary>Keys belong into the key condition.</summary>
    private static void CheckFilter(QueryRequest request, Condition? filter, KeySchema keys)
    {
        if (filter is null)
        {
            return;
        }

        foreach (var name in filter.Attributes)
        {
            if (keys.Find(name) is not null)
            {
                var parameter = request.QueryFilter is null ? "Filter Expression" : "QueryFilter";
                throw CommonException.Validation(
                    $"{parameter} can only contain non-primary key attributes: Primary key attribute: {name}");
            }
        }
    }
}

/// <summary>The expressions of a query, from whichever parameters say them, checked in the service's order.</summary>
internal readonly record struct QueryExpressions(KeyCondition Keys, Condition? Filter, Projection? Projection)
{
    public static QueryExpressions Read(QueryRequest request)
    {
        ParameterRules.Check(
            [
                new("ProjectionExpression", request.ProjectionExpression is not null),
                new("FilterExpression", request.FilterExpression is not null),
                new("KeyConditionExpression", request.KeyConditionExpression is not null),
            ],
            [
                new("AttributesToGet", request.AttributesToGet is not null),
                new("QueryFilter", request.QueryFilter is not null),
                new("ConditionalOperator", request.ConditionalOperator is not null),
                new("KeyConditions", request.KeyConditions is not null && request.KeyConditionExpression is not null),
            ],
            request.ExpressionAttributeNames is not null,
            request.ExpressionAttributeValues is not null);
        var legacyFilter = request.QueryFilter is null && request.ConditionalOperator is null
            ? null
            : LegacyParameters.Filter(request.QueryFilter, request.ConditionalOperator);
        var attributes = request.AttributesToGet is null ? null : Projection.Of(request.AttributesToGet);
        StartKeyRules.CheckValues(request.ExclusiveStartKey);
        if (request.KeyConditions is null && request.KeyConditionExpression is null)
        {
            throw CommonException.Validation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
        }

        SelectRules.Check(
            request.Select,
            request.ProjectionExpression is not null ? "ProjectionExpression" : attributes is null ? null : "AttributesToGet",
            request.IndexName is not null);
        var scope = new ExpressionScope(request.ExpressionAttributeNames, request.ExpressionAttributeValues);
        var keys = request.KeyConditionExpression is { } text ? KeyCondition.Parse(text, scope) : LegacyParameters.KeyConditions(request.KeyConditions!);
        var filter = request.FilterExpression is { } condition ? Condition.Parse(condition, ExpressionKind.FilterExpression, scope) : legacyFilter;
        var projection = request.ProjectionExpression is { } paths ? Projection.Parse(paths, scope) : attributes;
        scope.ThrowIfUnused();
        return new QueryExpressions(keys, filter, projection);
    }
}
