using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.Legacy;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Items;

/// <summary>Scan: all items of a table or index, or one of equal shares of them by the hash of the partition key, page by page.</summary>
internal sealed class ScanApi(TableCache tables, Pages pages)
{
    public async Task<ScanResult> ScanAsync(ScanRequest request, CallContext call)
    {
        var (filter, projection) = ReadExpressions(request);
        var table = await tables.GetAsync(TableNames.Parse(request.TableName, call), call.Aborted);
        var index = IndexLookup.Find(table, request.IndexName, request.ConsistentRead);
        if (request.ExclusiveStartKey is not null)
        {
            StartKeyRules.CheckSchema(table, index, request.ExclusiveStartKey, isQuery: false);
        }

        ItemRules.CheckScalars(table, projection?.NestedAttributes);
        ItemRules.CheckScalars(table, filter?.NestedAttributes);
        var plan = new ReadPlan(table, index, ItemKeys.Segment(table, index, request.Segment ?? 0, request.TotalSegments ?? 1))
        {
            Limit = request.Limit,
            Filter = filter,
            Projection = projection,
            CountsOnly = request.Select == "COUNT",
            FetchesItems = SelectRules.FetchesItems(table, index, request.Select, projection),
            Consistent = request.ConsistentRead,
        };
        if (request.ExclusiveStartKey is { } startKey)
        {
            plan = StartAfter(plan, startKey, request);
        }

        var page = await pages.ReadAsync(plan, call.Aborted);
        return new ScanResult(
            page.Items, page.Count, page.ScannedCount, page.Last, Pages.Report(plan, page, request.TableName, request.ReturnConsumedCapacity));
    }

    private static ReadPlan StartAfter(ReadPlan plan, AttributeMap startKey, ScanRequest request)
    {
        var row = plan.Index is null ? ItemKeys.OfItem(plan.Table, startKey) : ItemKeys.OfEntry(plan.Table, plan.Index, startKey);
        return plan.Range.Contains(row)
            ? plan with { Range = plan.Range.After(row) }
            : throw CommonException.Validation(
                "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "
                + $"TotalSegments: {request.TotalSegments} Segment: {request.Segment}");
    }

    private static (Condition? Filter, Projection? Projection) ReadExpressions(ScanRequest request)
    {
        ParameterRules.Check(
            [
                new("ProjectionExpression", request.ProjectionExpression is not null),
                new("FilterExpression", request.FilterExpression is not null),
            ],
            [
                new("AttributesToGet", request.AttributesToGet is not null),
                new("ScanFilter", request.ScanFilter is not null),
                new("ConditionalOperator", request.ConditionalOperator is not null),
            ],
            request.ExpressionAttributeNames is not null,
            request.ExpressionAttributeValues is not null);
        var projection = request.AttributesToGet is null ? null : Projection.Of(request.AttributesToGet);
        var filter = request.ScanFilter is null && request.ConditionalOperator is null
            ? null
            : LegacyParameters.Filter(request.ScanFilter, request.ConditionalOperator);
        StartKeyRules.CheckValues(request.ExclusiveStartKey);
        CheckSegments(request);
        SelectRules.Check(
            request.Select,
            request.ProjectionExpression is not null ? "ProjectionExpression" : projection is null ? null : "AttributesToGet",
            request.IndexName is not null);
        if (request.FilterExpression is null && request.ProjectionExpression is null)
        {
            return (filter, projection);
        }

        var scope = new ExpressionScope(request.ExpressionAttributeNames, request.ExpressionAttributeValues);
        filter = request.FilterExpression is { } condition ? Condition.Parse(condition, ExpressionKind.FilterExpression, scope) : filter;
        projection = request.ProjectionExpression is { } paths ? Projection.Parse(paths, scope) : projection;
        scope.ThrowIfUnused();
        return (filter, projection);
    }

    private static void CheckSegments(ScanRequest request)
    {
        switch (request.Segment, request.TotalSegments)
        {
            case (not null, null):
                throw CommonException.Validation(
                    "The TotalSegments parameter is required but was not present in the request when Segment parameter is present");
            case (null, not null):
                throw CommonException.Validation(
                    "The Segment parameter is required but was not present in the request when parameter TotalSegments is present");
            case ({ } segment, { } total) when segment >= total:
                throw CommonException.Validation(
                    "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
                    + $"Segment: {segment} is not less than TotalSegments: {total}");
        }
    }
}
