using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Api.Items;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Items;
using Petrel.Server.Services.DynamoDb.Model.PartiQl;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Model.Values;
using Petrel.Server.Services.DynamoDb.Store.Items;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.PartiQl;

/// <summary>ExecuteTransaction: all statements read at one moment, or all write, in one transaction of the store.</summary>
internal sealed class StatementTransactionApi(IStore store, StatementApi statements, TransactionRun run, ThroughputGuard throughput)
{
    public async Task<ExecuteTransactionResult> ExecuteAsync(ExecuteTransactionRequest request, CallContext call)
    {
        var parsed = new List<Statement>(request.TransactStatements.Count);
        for (var i = 0; i < request.TransactStatements.Count; i++)
        {
            var (text, parameters) = (request.TransactStatements[i].Statement, request.TransactStatements[i].Parameters);
            parsed.Add(AsMember(i, () => Check(StatementParser.Parse(text, parameters))));
        }

        var reads = parsed.Count(statement => statement.IsRead);
        return reads == parsed.Count ? await ReadAsync(parsed.ConvertAll(s => (SelectStatement)s), request, call)
            : reads == 0 ? await WriteAsync(parsed, request, call)
            : throw StatementError.Of("ExecuteTransaction must contain either read statements or write statements, and not both");
    }

    private async Task<ExecuteTransactionResult> ReadAsync(List<SelectStatement> parsed, ExecuteTransactionRequest request, CallContext call)
    {
        var plans = parsed.ConvertAll(statement => new StatementReads(statement));
        var found = new List<TableState>(parsed.Count);
        var keys = new List<Key>(parsed.Count);
        var conditions = new List<Condition?>(parsed.Count);
        for (var i = 0; i < parsed.Count; i++)
        {
            var table = await statements.TableAsync(parsed[i], call);
            found.Add(table);
            var plan = plans[i];
            keys.Add(AsMember(i, () => KeyOf(plan, table, conditions)));
            throughput.AdmitRead(table);
        }

        var items = await store.ReadAsync(tx => ItemStore.FindManyAsync(tx, keys), call.Aborted);
        TransactionLimit.Check(items);
        var tallies = new Dictionary<string, CapacityTally>();
        var responses = new List<ItemResponse>(parsed.Count);
        for (var i = 0; i < parsed.Count; i++)
        {
            var units = TransactionLimit.Factor * CapacityUnits.OfRead(items[i]?.SizeBytes ?? 0, consistent: true);
            throughput.ChargeRead(found[i], null, units);
            TransactionLimit.TallyOf(tallies, parsed[i].Table, found[i]).Add(units, []);
            responses.Add(new ItemResponse(items[i] is { } item && conditions[i]?.Holds(item) != false ? plans[i].Take(item) : null));
        }

        return new ExecuteTransactionResult(
            responses, CapacityTally.ReportAll(tallies.Values, request.ReturnConsumedCapacity, CapacityUse.TransactionRead));
    }

    private async Task<ExecuteTransactionResult> WriteAsync(List<Statement> parsed, ExecuteTransactionRequest request, CallContext call)
    {
        var plans = new List<WritePlan>(parsed.Count);
        for (var i = 0; i < parsed.Count; i++)
        {
            var (statement, returnsItem) = (parsed[i], request.TransactStatements[i].ReturnValuesOnConditionCheckFailure == "ALL_OLD");
            var writes = AsMember(i, () => new StatementWrites(statement));
            var table = await statements.TableAsync(statement, call);
            plans.Add(AsMember(i, () => writes.Plan(table, returnsItem, out _)));
            throughput.AdmitWrite(table);
        }

        if (plans.DistinctBy(plan => plan.Key).Count() != plans.Count)
        {
            throw StatementError.Of("Transaction request cannot include multiple operations on one item");
        }

        var outcome = await RunAsync(parsed, plans, request, call);
        return Answer(parsed, outcome, request);
    }

    private async Task<TransactionOutcome> RunAsync(
        List<Statement> parsed, List<WritePlan> plans, ExecuteTransactionRequest request, CallContext call)
    {
        var token = request.ClientRequestToken is { } text
            ? new TransactionStart(new TransactionToken(call.Account, call.Region, text), StatementTokens.Digest(request))
            : null;
        try
        {
            return await run.RunAsync(plans, token, call.Aborted);
        }
        catch (TransactionCanceledException canceled)
        {
            throw new TransactionCanceledException([.. canceled.Reasons.Select((reason, i) =>
                parsed[i] is InsertStatement && reason.Code == "ConditionalCheckFailed"
                    ? new CancellationReason("DuplicateItem", DuplicateItemException.DefaultMessage)
                    : reason)]);
        }
    }

    private ExecuteTransactionResult Answer(List<Statement> parsed, TransactionOutcome outcome, ExecuteTransactionRequest request)
    {
        var tallies = new Dictionary<string, CapacityTally>();
        for (var i = 0; i < parsed.Count; i++)
        {
            var step = outcome.Steps[i];
            if (outcome.IsRepeated)
            {
                throughput.ChargeRead(step.Decision.Table, null, step.Units.TableUnits);
            }
            else
            {
                throughput.ChargeWrite(step.Decision.Table, step.Units.TableUnits, step.Units.IndexUnits);
            }

            TransactionLimit.TallyOf(tallies, parsed[i].Table, step.Decision.Table).Add(step.Units.TableUnits, step.Units.IndexUnits);
        }

        var use = outcome.IsRepeated ? CapacityUse.TransactionRead : CapacityUse.TransactionWrite;
        // As recorded of the real service: statements that write have no responses.
        return new ExecuteTransactionResult([], CapacityTally.ReportAll(tallies.Values, request.ReturnConsumedCapacity, use));
    }

    private static Key KeyOf(StatementReads plan, TableState table, List<Condition?> conditions)
    {
        var key = plan.TakeKey(table, out var rest)
            ?? throw StatementError.Of("Select statements within ExecuteTransaction must specify the primary key in the where clause.");
        ItemRules.CheckKey(table.Keys, key);
        conditions.Add(rest);
        return ItemKeys.OfItem(table, key);
    }

    private static Statement Check(Statement statement)
    {
        if (statement.Returning != Returning.Nothing)
        {
            throw StatementError.Of("RETURNING clause is not supported in ExecuteTransaction.");
        }

        return statement is SelectStatement { Index: not null }
            ? throw StatementError.Of("Reads on indices are not supported within transactions.")
            : statement;
    }

    /// <summary>What is wrong with one statement says which one it is; numbers and nesting say it of themselves.</summary>
    private static T AsMember<T>(int index, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CommonException problem) when (problem.Code == "ValidationException" && !IsOfAValue(problem.Message))
        {
            throw StatementError.Of($"Validation failed in TransactStatements[{index}]: {problem.Message}");
        }
    }

    private static bool IsOfAValue(string message) =>
        message.StartsWith("The parameter cannot be converted", StringComparison.Ordinal)
        || message.StartsWith("Nesting Levels", StringComparison.Ordinal)
        || message.StartsWith("Number ", StringComparison.Ordinal);
}
