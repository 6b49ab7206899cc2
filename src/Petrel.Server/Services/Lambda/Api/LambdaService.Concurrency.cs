using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public Task<Concurrency> PutFunctionConcurrency(PutFunctionConcurrencyRequest request, CallContext call) =>
        apis.Concurrency.PutAsync(request, call);

    public Task<Concurrency> GetFunctionConcurrency(GetFunctionConcurrencyRequest request, CallContext call) =>
        apis.Concurrency.GetAsync(request, call);

    public Task DeleteFunctionConcurrency(DeleteFunctionConcurrencyRequest request, CallContext call) =>
        apis.Concurrency.DeleteAsync(request, call);

    public Task<ProvisionedConcurrency> PutProvisionedConcurrencyConfig(PutProvisionedConcurrencyConfigRequest request, CallContext call) =>
        apis.Provisioned.PutAsync(request, call);

    public Task<ProvisionedConcurrency> GetProvisionedConcurrencyConfig(GetProvisionedConcurrencyConfigRequest request, CallContext call) =>
        apis.Provisioned.GetAsync(request, call);

    public Task<ListProvisionedConcurrencyConfigsResult> ListProvisionedConcurrencyConfigs(ListProvisionedConcurrencyConfigsRequest request, CallContext call) =>
        apis.Provisioned.ListAsync(request, call);

    public Task DeleteProvisionedConcurrencyConfig(DeleteProvisionedConcurrencyConfigRequest request, CallContext call) =>
        apis.Provisioned.DeleteAsync(request, call);
}
