using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Api.Items;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.PartiQl;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.PartiQl;

/// <summary>BatchExecuteStatement: each statement by itself; what fails says so in its own place.</summary>
internal sealed class StatementBatchApi(IStore store, StatementApi statements, ThroughputGuard throughput)
{
    private const string NoKey = "Select statements within BatchExecuteStatement must specify the primary key in the where clause.";

    public async Task<BatchExecuteStatementResult> ExecuteAsync(BatchExecuteStatementRequest request, CallContext call)
    {
        var parsed = request.Statements.ConvertAll(Parse);
        if (parsed.Exists(p => p.Statement is { IsRead: true }) && parsed.Exists(p => p.Statement is { IsRead: false }))
        {
            throw StatementError.Of("BatchExecuteStatement must contain either read statements or write statements, and not both");
        }

        var responses = new List<BatchStatementResponse>(parsed.Count);
        var tallies = new Dictionary<string, CapacityTally>();
        for (var i = 0; i < parsed.Count; i++)
        {
            responses.Add(parsed[i].Statement is { } statement
                ? await RunAsync(statement, request.Statements[i], tallies, call)
                : new BatchStatementResponse(ErrorOf(parsed[i].Problem!)));
        }

        return new BatchExecuteStatementResult(responses, CapacityTally.ReportAll(tallies.Values, request.ReturnConsumedCapacity));
    }

    private static (Statement? Statement, ServiceException? Problem) Parse(BatchStatementRequest request)
    {
        try
        {
            return (StatementParser.Parse(request.Statement, request.Parameters), null);
        }
        catch (CommonException problem)
        {
            return (null, problem);
        }
    }

    private async Task<BatchStatementResponse> RunAsync(
        Statement statement, BatchStatementRequest request, Dictionary<string, CapacityTally> tallies, CallContext call)
    {
        try
        {
            var item = statement switch
            {
                SelectStatement select => await ReadAsync(select, request.ConsistentRead, tallies, call),
                ExistsStatement => throw StatementError.Of("EXISTS is only supported in ExecuteTransaction"),
                _ => await WriteAsync(statement, request, tallies, call),
            };
            return new BatchStatementResponse(null, statement.Table, item);
        }
        catch (ServiceException problem)
        {
            return new BatchStatementResponse(ErrorOf(problem), statement.Table);
        }
    }

    private async Task<AttributeMap?> ReadAsync(
        SelectStatement statement, bool consistent, Dictionary<string, CapacityTally> tallies, CallContext call)
    {
        var reads = new StatementReads(statement);
        var table = await statements.TableAsync(statement, call);
        var key = reads.TakeKey(table, out var rest) ?? throw StatementError.Of(NoKey);
        ItemRules.CheckKey(table.Keys, key);
        throughput.AdmitRead(table);
        var row = ItemKeys.OfItem(table, key);
        var item = await store.ReadAsync(tx => ItemStore.FindAsync(tx, row), call.Aborted);
        var units = CapacityUnits.OfRead(item?.SizeBytes ?? 0, consistent);
        throughput.ChargeRead(table, null, units);
        TransactionLimit.TallyOf(tallies, statement.Table, table).Add(units, []);
        return item is not null && rest?.Holds(item) != false ? reads.Take(item) : null;
    }

    private async Task<AttributeMap?> WriteAsync(
        Statement statement, BatchStatementRequest request, Dictionary<string, CapacityTally> tallies, CallContext call)
    {
        var (outcome, returned) = await statements.WriteAsync(statement, request.ReturnValuesOnConditionCheckFailure, call);
        TransactionLimit.TallyOf(tallies, statement.Table, outcome.Decision.Table).Add(outcome.Units.TableUnits, outcome.Units.IndexUnits);
        return returned;
    }

    /// <summary>Codes are the errors' names without their ending, but for two.</summary>
    private static BatchStatementError ErrorOf(ServiceException problem)
    {
        var code = problem.Code switch
        {
            "ValidationException" => "ValidationError",
            "ThrottlingException" => "ThrottlingError",
            var name when name.EndsWith("Exception", StringComparison.Ordinal) => name[..^"Exception".Length],
            var name => name,
        };
        return new BatchStatementError(code, problem.Message, (problem as ConditionalCheckFailedException)?.Item);
    }
}
