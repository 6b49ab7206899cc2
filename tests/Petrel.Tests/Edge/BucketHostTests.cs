using Petrel.Server.Edge;

namespace Petrel.Tests.Edge;

public sealed class BucketHostTests
{
    [Theory]
    [InlineData("localhost", null)]
    [InlineData("s3.localhost", null)]
    [InlineData("s3.eu-west-1.amazonaws.com", null)]
    [InlineData("s3-eu-west-1.amazonaws.com", null)]
    [InlineData("b.s3.localhost", "b")]
    [InlineData("my.bucket.s3.localhost", "my.bucket")]
    [InlineData("b.s3.eu-west-1.amazonaws.com", "b")]
    [InlineData("b.s3-eu-west-1.amazonaws.com", "b")]
    [InlineData("b.s3.dualstack.eu-west-1.amazonaws.com", "b")]
    [InlineData("b.s3.localhost.localstack.cloud", "b")]
    [InlineData("b.s3-website.localhost", null)]
    [InlineData("b.s3-website-us-east-1.amazonaws.com", null)]
    [InlineData("lambda.eu-west-1.amazonaws.com", null)]
    [InlineData("b.example.com", null)]
    public void Find_Host_IsTheBucketOrNone(string host, string? bucket)
    {
        Assert.Equal(bucket, BucketHosts.Find(host, isForObjects: false));
        Assert.Equal(bucket, BucketHosts.Find(host, isForObjects: true));
    }

    [Theory]
    [InlineData("b.localhost", "b")]
    [InlineData("my.bucket.localhost", "my.bucket")]
    [InlineData("b.localhost.localstack.cloud", "b")]
    public void Find_HostWithoutTheService_IsTheBucketOnlyWhenObjectsAreMeant(string host, string bucket)
    {
        Assert.Equal(bucket, BucketHosts.Find(host, isForObjects: true));
        Assert.Null(BucketHosts.Find(host, isForObjects: false));
    }
}
