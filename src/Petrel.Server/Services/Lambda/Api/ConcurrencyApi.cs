using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>Put-, Get- and DeleteFunctionConcurrency: what a function reserves of the account's concurrency.</summary>
internal sealed class ConcurrencyApi(FunctionLedger ledger)
{
    public async Task<Concurrency> PutAsync(PutFunctionConcurrencyRequest request, CallContext call)
    {
        var reference = FunctionRef.Unqualified(request.FunctionName, call);
        var reserved = request.ReservedConcurrentExecutions;
        await ledger.ChangeAsync(reference with { Qualifier = VersionName.Latest }, call, async (tx, function) =>
        {
            var others = await AccountStore.GetReservedAsync(tx, call.Account, call.Region) - (function.ReservedConcurrency ?? 0);
            if (ledger.AccountConcurrency - others - reserved < Limits.UnreservedConcurrency)
            {
                throw new InvalidParameterValueException(
                    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum "
                    + $"value of [{Limits.UnreservedConcurrency}].");
            }

            FunctionChange.Put(tx, function, function with { ReservedConcurrency = reserved }, ledger.Now);
            return true;
        });
        return new Concurrency(reserved);
    }

    public Task<Concurrency> GetAsync(GetFunctionConcurrencyRequest request, CallContext call) => ledger.ReadAsync(
        FunctionRef.Unqualified(request.FunctionName, call),
        call,
        (_, function) => new ValueTask<Concurrency>(new Concurrency(function.ReservedConcurrency))).AsTask();

    public Task DeleteAsync(DeleteFunctionConcurrencyRequest request, CallContext call) =>
        ledger.ChangeAsync(FunctionRef.Unqualified(request.FunctionName, call), call, (tx, function) =>
        {
            FunctionChange.Put(tx, function, function with { ReservedConcurrency = null }, ledger.Now);
            return new ValueTask<bool>(true);
        });
}
