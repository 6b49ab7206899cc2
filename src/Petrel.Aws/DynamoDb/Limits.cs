using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public partial interface IDynamoDb
{
    [Access("*")]
    Task<DescribeLimitsResult> DescribeLimits(DescribeLimitsRequest request, CallContext call);

    [Access("*")]
    Task<DescribeEndpointsResult> DescribeEndpoints(DescribeEndpointsRequest request, CallContext call);
}

public sealed record DescribeLimitsRequest;

public sealed record DescribeLimitsResult(
    long AccountMaxReadCapacityUnits,
    long AccountMaxWriteCapacityUnits,
    long TableMaxReadCapacityUnits,
    long TableMaxWriteCapacityUnits);

public sealed record DescribeEndpointsRequest;

public sealed record DescribeEndpointsResult(IReadOnlyList<ServiceEndpoint> Endpoints);

/// <param name="Address">Host and port, without a scheme.</param>
public sealed record ServiceEndpoint(string Address, long CachePeriodInMinutes);
