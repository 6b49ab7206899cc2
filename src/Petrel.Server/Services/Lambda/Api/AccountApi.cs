using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>GetAccountSettings.</summary>
internal sealed class AccountApi(FunctionLedger ledger)
{
    public Task<GetAccountSettingsResult> GetAsync(CallContext call) => ledger.ReadAsync(
        async tx =>
        {
            var reserved = (int)await AccountStore.GetReservedAsync(tx, call.Account, call.Region);
            return new GetAccountSettingsResult(
                new AccountLimit(
                    Limits.TotalCodeBytes,
                    Limits.UnzippedBytes,
                    Limits.ZippedBytes,
                    ledger.AccountConcurrency,
                    ledger.AccountConcurrency - reserved),
                new AccountUsage(
                    await AccountStore.GetCodeBytesAsync(tx, call.Account, call.Region),
                    await AccountStore.GetFunctionCountAsync(tx, call.Account, call.Region)));
        },
        call.Aborted).AsTask();
}
