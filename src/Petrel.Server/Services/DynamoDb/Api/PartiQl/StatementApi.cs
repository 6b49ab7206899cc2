using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Api.Items;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.PartiQl;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.PartiQl;

/// <summary>ExecuteStatement: reads become queries and scans, writes become conditional writes of one item.</summary>
internal sealed class StatementApi(TableCache tables, TableAccess access, Pages pages, SingleWrite write)
{
    public async Task<ExecuteStatementResult> ExecuteAsync(ExecuteStatementRequest request, CallContext call)
    {
        switch (StatementParser.Parse(request.Statement, request.Parameters))
        {
            case SelectStatement select:
                return await SelectAsync(select, request, call);
            case ExistsStatement:
                throw StatementError.Of("EXISTS is only supported in ExecuteTransaction");
            case var statement:
                var (outcome, returned) = await WriteAsync(statement, request.ReturnValuesOnConditionCheckFailure, call);
                return new ExecuteStatementResult(
                    returned is null ? [] : [returned], ConsumedCapacity: outcome.Report(statement.Table, request.ReturnConsumedCapacity));
        }
    }

    /// <summary>Carries out a write, and gives what its RETURNING clause asks for.</summary>
    /// <exception cref="ConditionalCheckFailedException"/>
    /// <exception cref="DuplicateItemException"/>
    public async Task<(WriteOutcome Outcome, AttributeMap? Returned)> WriteAsync(Statement statement, string? onFailure, CallContext call)
    {
        var writes = new StatementWrites(statement);
        var table = await TableAsync(statement, call);
        var plan = writes.Plan(table, onFailure == "ALL_OLD", out _);
        try
        {
            var outcome = await write.RunAsync(plan, call.Aborted);
            return (outcome, Returned(statement.Returning, outcome.Decision));
        }
        catch (ConditionalCheckFailedException) when (statement is InsertStatement)
        {
            throw new DuplicateItemException();
        }
    }

    /// <summary>Authorises a statement and finds its table.</summary>
    public async Task<TableState> TableAsync(Statement statement, CallContext call)
    {
        var key = TableNames.ParseNested(statement.Table, call);
        var found = await tables.FindAsync(key, call.Aborted);
        await access.AuthorizeAsync(statement.Action, key, call, found is null ? null : StatementKeys.Of(statement, found));
        return await tables.GetAsync(key, call.Aborted);
    }

    private async Task<ExecuteStatementResult> SelectAsync(SelectStatement statement, ExecuteStatementRequest request, CallContext call)
    {
        var reads = new StatementReads(statement);
        var startKey = request.NextToken is null ? null : StatementTokens.Read(request);
        var table = await TableAsync(statement, call);
        var plan = reads.Plan(table, request.Limit, request.ConsistentRead);
        if (startKey is not null)
        {
            plan = StartAfter(plan, startKey);
        }

        var page = await pages.ReadAsync(plan, call.Aborted);
        return new ExecuteStatementResult(
            page.Items!.ConvertAll(reads.Take),
            page.Last is null ? null : StatementTokens.Make(request, page.Last),
            Pages.Report(plan, page, statement.Table, request.ReturnConsumedCapacity),
            page.Last);
    }

    private static ReadPlan StartAfter(ReadPlan plan, AttributeMap startKey)
    {
        StartKeyRules.CheckSchema(plan.Table, plan.Index, startKey, isQuery: true);
        var row = plan.Index is null ? ItemKeys.OfItem(plan.Table, startKey) : ItemKeys.OfEntry(plan.Table, plan.Index, startKey);
        return plan with { Range = plan.Descending ? plan.Range.Before(row) : plan.Range.After(row) };
    }

    private static AttributeMap? Returned(Returning returning, in WriteDecision decision)
    {
        var returned = returning switch
        {
            Returning.AllOld => decision.Old,
            Returning.AllNew => decision.New,
            Returning.ModifiedOld => decision.Update?.UpdatedOld(),
            Returning.ModifiedNew => decision.Update?.UpdatedNew(),
            _ => null,
        };
        return returned is { Count: 0 } ? null : returned;
    }
}
