using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public Task<AliasConfiguration> CreateAlias(CreateAliasRequest request, CallContext call) => apis.Aliases.CreateAsync(request, call);

    public Task<AliasConfiguration> GetAlias(GetAliasRequest request, CallContext call) => apis.Aliases.GetAsync(request, call);

    public Task<AliasConfiguration> UpdateAlias(UpdateAliasRequest request, CallContext call) => apis.Aliases.UpdateAsync(request, call);

    public Task DeleteAlias(DeleteAliasRequest request, CallContext call) => apis.Aliases.DeleteAsync(request, call);

    public Task<ListAliasesResult> ListAliases(ListAliasesRequest request, CallContext call) => apis.Aliases.ListAsync(request, call);
}
