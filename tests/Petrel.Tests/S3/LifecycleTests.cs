using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Lifecycle;
using Petrel.Wire;

namespace Petrel.Tests.S3;

public sealed class LifecycleTests
{
    [Fact]
    public async Task Sweep_ExpiredObjects_GoAtTheMidnightAfterTheirDays()
    {
        await using var host = await S3Host.WithBucketAsync();
        await host.PutAsync("tmp/old", new byte[100_000]);
        await host.PutAsync("kept", [1]);
        await ConfigureAsync(host, new LifecycleRule(Filter: new LifecycleFilter(Prefix: "tmp/"), Status: "Enabled", Expiration: new LifecycleExpiration(Days: 1)));
        host.Clock.Advance(TimeSpan.FromHours(37));
        Assert.Equal(0, await SweepAsync(host));
        host.Clock.Advance(TimeSpan.FromHours(1));
        await host.PutAsync("tmp/new", [1]);
        Assert.Equal(1, await SweepAsync(host));
        var left = await host.S3.ListObjectsV2(new ListObjectsV2Request(S3Host.Bucket), host.Call);
        Assert.Equal(["kept", "tmp/new"], left.Result.Contents!.Select(o => o.Key));
        await host.CollectAsync();
        Assert.Empty(host.Files);
    }

    [Fact]
    public async Task Sweep_VersionsMarkersAndUploads_GoAsTheirRulesSay()
    {
        await using var host = await S3Host.WithBucketAsync();
        await host.SetVersioningAsync("Enabled");
        foreach (var value in (byte[])[1, 2, 3])
        {
            await host.PutAsync("k", [value]);
        }

        await host.PutAsync("deleted", [1]);
        await host.DeleteAsync("deleted");
        await host.S3.CreateMultipartUpload(new CreateMultipartUploadRequest(S3Host.Bucket, "upload"), host.Call);
        await ConfigureAsync(host, new LifecycleRule(
            Filter: new LifecycleFilter(),
            Status: "Enabled",
            Expiration: new LifecycleExpiration(ExpiredObjectDeleteMarker: true),
            NoncurrentVersionExpiration: new NoncurrentVersionExpiration(NoncurrentDays: 1, NewerNoncurrentVersions: 1),
            AbortIncompleteMultipartUpload: new AbortIncompleteMultipartUpload(1)));
        host.Clock.Advance(TimeSpan.FromDays(3));

        // The oldest version of one key, and the upload; a version of the other is the first that is not the newest, and stays.
        Assert.Equal(2, await SweepAsync(host));
        Assert.Equal([3], await host.GetAsync("k"));
        await host.DeleteAsync("deleted", (await VersionsAsync(host)).Versions!.Single(v => v.Key == "deleted").VersionId);
        Assert.Equal(1, await SweepAsync(host));
        Assert.Empty((await VersionsAsync(host)).DeleteMarkers!);
    }

    [Fact]
    public async Task Configure_WhatCannotBe_IsRefused()
    {
        await using var host = await S3Host.WithBucketAsync();
        var transition = await Assert.ThrowsAsync<CommonException>(
            () => ConfigureAsync(host, new LifecycleRule(Status: "Enabled", Transitions: [new LifecycleTransition("GLACIER")])));
        Assert.Equal(501, transition.Status);
        await Assert.ThrowsAsync<S3Exception>(() => ConfigureAsync(host, new LifecycleRule(Status: "Enabled")));
        await Assert.ThrowsAsync<S3Exception>(() => ConfigureAsync(host, new LifecycleRule(Status: "Enabled", Expiration: new LifecycleExpiration(Days: 0))));
    }

    private static Task ConfigureAsync(S3Host host, params LifecycleRule[] rules) => host.S3.PutBucketLifecycleConfiguration(
        new PutBucketLifecycleConfigurationRequest(S3Host.Bucket, new LifecycleConfiguration(rules)), host.Call);

    private static Task<int> SweepAsync(S3Host host) => host.Get<LifecycleSweeper>().SweepAsync(TestContext.Current.CancellationToken);

    private static Task<ListVersionsResult> VersionsAsync(S3Host host) =>
        host.S3.ListObjectVersions(new ListObjectVersionsRequest(S3Host.Bucket), host.Call);
}
