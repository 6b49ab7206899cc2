using Petrel.Aws.Lambda;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

internal sealed partial class LambdaService
{
    public Task<EventSourceMappingConfiguration> CreateEventSourceMapping(CreateEventSourceMappingRequest request, CallContext call) =>
        apis.Mappings.CreateAsync(request, call);

    public Task<EventSourceMappingConfiguration> GetEventSourceMapping(GetEventSourceMappingRequest request, CallContext call) =>
        apis.Mappings.GetAsync(request, call);

    public Task<EventSourceMappingConfiguration> UpdateEventSourceMapping(UpdateEventSourceMappingRequest request, CallContext call) =>
        apis.Mappings.UpdateAsync(request, call);

    public Task<EventSourceMappingConfiguration> DeleteEventSourceMapping(DeleteEventSourceMappingRequest request, CallContext call) =>
        apis.Mappings.DeleteAsync(request, call);

    public Task<ListEventSourceMappingsResult> ListEventSourceMappings(ListEventSourceMappingsRequest request, CallContext call) =>
        apis.Mappings.ListAsync(request, call);
}
