using Petrel.Aws.DynamoDb;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Api.Tables;

/// <summary>The service's own quotas, and where it is reached.</summary>
internal static class LimitsApi
{
    private const long AccountUnits = 80_000;
    private const long TableUnits = 40_000;
    private const long CacheMinutes = 1_440;

    public static DescribeLimitsResult Describe() => new(AccountUnits, AccountUnits, TableUnits, TableUnits);

    public static DescribeEndpointsResult Endpoints(CallContext call) =>
        new([new ServiceEndpoint(call.Endpoint.Authority, CacheMinutes)]);
}
