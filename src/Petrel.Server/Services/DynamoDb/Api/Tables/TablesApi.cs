using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Backups;
using Petrel.Server.Services.DynamoDb.Model.Tables;
using Petrel.Server.Services.DynamoDb.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>Makes, describes, lists and removes tables. A table is there at once; only its answer says, as the service's, that it is being made.</summary>
internal sealed class TablesApi(TableLedger ledger, TableStreams streams, TableRemoval removal, PolicyGate gate, IIdSource ids)
{
    private const int DefaultPage = 100;

    public async Task<CreateTableResult> CreateAsync(CreateTableRequest request, CallContext call)
    {
        var key = TableNames.Parse(request.TableName, call);
        if (key.Account != call.Account || key.Region != call.Region)
        {
            throw CommonException.Validation("A table is created in the account and region of the request.");
        }

        gate.Check(request.ResourcePolicy);
        var table = NewTable.Create(request, key, ids, ledger.Now) with { Policy = PolicyRules.OfNewTable(request.ResourcePolicy, ids) };
        var view = StreamRules.ViewOfNewTable(request.StreamSpecification);
        var made = await ledger.WriteAsync(
            async tx =>
            {
                await ClaimNameAsync(tx, key);
                var next = view is null ? table : streams.Open(tx, table, view);
                return TableStore.Put(tx, next);
            },
            call.Aborted);
        ledger.Forget(key);
        return new CreateTableResult(TableDescriptions.DescribeNew(made, ledger.Now));
    }

    public async Task<DescribeTableResult> DescribeAsync(DescribeTableRequest request, CallContext call)
    {
        var table = await ledger.GetAsync(TableNames.Parse(request.TableName, call), call.Aborted);
        return new DescribeTableResult(await ledger.DescribeAsync(table, call.Aborted));
    }

    public async Task<DeleteTableResult> DeleteAsync(DeleteTableRequest request, CallContext call)
    {
        var key = TableNames.Parse(request.TableName, call);
        var gone = await ledger.WriteAsync(
            async tx =>
            {
                var table = await TableStore.FindAsync(tx, key) ?? throw ResourceNotFoundException.Table(key.Name);
                var description = TableDescriptions.Describe(table, await TableLedger.CountAsync(tx, table), ledger.Now);
                await removal.RemoveAsync(tx, table);
                return TableDescriptions.DescribeGone(description);
            },
            call.Aborted);
        ledger.Forget(key);
        return new DeleteTableResult(gone);
    }

    public async Task<ListTablesResult> ListAsync(ListTablesRequest request, CallContext call)
    {
        var limit = request.Limit ?? DefaultPage;
        var page = await ledger.ReadAsync(
            tx => TableStore.ListAsync(tx, call.Account, call.Region, request.ExclusiveStartTableName, limit + 1), call.Aborted);
        List<string> names = [.. page.Take(limit).Select(static table => table.Name)];
        return new ListTablesResult(names, page.Count > limit ? names[^1] : null);
    }

    /// <summary>A name for a new table, within the account's limit.</summary>
    public static async ValueTask ClaimNameAsync(IWriteTransaction tx, TableKey key)
    {
        if (await TableStore.FindAsync(tx, key) is not null)
        {
            throw ResourceInUseException.Exists(key.Name);
        }

        if (await AccountStore.AddTablesAsync(tx, key.Account, key.Region, 1) > NewTable.MaxTables)
        {
            throw new LimitExceededException(
                $"Subscriber limit exceeded: There is a limit of {NewTable.MaxTables} tables per subscriber");
        }
    }
}
