using Petrel.Wire;

namespace Petrel.Aws.DynamoDb;

public partial interface IDynamoDb
{
    /// <summary>Items go when the time in an attribute of theirs has passed.</summary>
    [Access("table/{TableName}")]
    Task<UpdateTimeToLiveResult> UpdateTimeToLive(UpdateTimeToLiveRequest request, CallContext call);

    [Access("table/{TableName}")]
    Task<DescribeTimeToLiveResult> DescribeTimeToLive(DescribeTimeToLiveRequest request, CallContext call);
}

public sealed record TimeToLiveSpecification(bool Enabled, [Length(1, 255)] string AttributeName);

public sealed record UpdateTimeToLiveRequest([Length(1, 1024)] string TableName, TimeToLiveSpecification TimeToLiveSpecification);

public sealed record UpdateTimeToLiveResult(TimeToLiveSpecification TimeToLiveSpecification);

public sealed record DescribeTimeToLiveRequest([Length(1, 1024)] string TableName);

public sealed record DescribeTimeToLiveResult(TimeToLiveDescription TimeToLiveDescription);

/// <param name="TimeToLiveStatus"><c>ENABLING</c>, <c>ENABLED</c> or <c>DISABLED</c>.</param>
public sealed record TimeToLiveDescription(string TimeToLiveStatus, string? AttributeName = null);
