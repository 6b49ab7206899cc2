using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Api.Tables;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api;

internal sealed partial class DynamoDbService
{
    public Task<CreateTableResult> CreateTable(CreateTableRequest request, CallContext call) => tables.Tables.CreateAsync(request, call);

    public Task<DescribeTableResult> DescribeTable(DescribeTableRequest request, CallContext call) => tables.Tables.DescribeAsync(request, call);

    public Task<UpdateTableResult> UpdateTable(UpdateTableRequest request, CallContext call) => tables.Changes.UpdateAsync(request, call);

    public Task<DeleteTableResult> DeleteTable(DeleteTableRequest request, CallContext call) => tables.Tables.DeleteAsync(request, call);

    public Task<ListTablesResult> ListTables(ListTablesRequest request, CallContext call) => tables.Tables.ListAsync(request, call);

    public Task TagResource(TagResourceRequest request, CallContext call) => tables.Tags.TagAsync(request, call);

    public Task UntagResource(UntagResourceRequest request, CallContext call) => tables.Tags.UntagAsync(request, call);

    public Task<ListTagsOfResourceResult> ListTagsOfResource(ListTagsOfResourceRequest request, CallContext call) =>
        tables.Tags.ListAsync(request, call);

    public Task<UpdateTimeToLiveResult> UpdateTimeToLive(UpdateTimeToLiveRequest request, CallContext call) =>
        tables.TimeToLive.UpdateAsync(request, call);

    public Task<DescribeTimeToLiveResult> DescribeTimeToLive(DescribeTimeToLiveRequest request, CallContext call) =>
        tables.TimeToLive.DescribeAsync(request, call);

    public Task<PutResourcePolicyResult> PutResourcePolicy(PutResourcePolicyRequest request, CallContext call) =>
        tables.Policies.PutAsync(request, call);

    public Task<GetResourcePolicyResult> GetResourcePolicy(GetResourcePolicyRequest request, CallContext call) =>
        tables.Policies.GetAsync(request, call);

    public Task<DeleteResourcePolicyResult> DeleteResourcePolicy(DeleteResourcePolicyRequest request, CallContext call) =>
        tables.Policies.DeleteAsync(request, call);

    public Task<DescribeLimitsResult> DescribeLimits(DescribeLimitsRequest request, CallContext call) => Task.FromResult(LimitsApi.Describe());

    public Task<DescribeEndpointsResult> DescribeEndpoints(DescribeEndpointsRequest request, CallContext call) =>
        Task.FromResult(LimitsApi.Endpoints(call));
}
