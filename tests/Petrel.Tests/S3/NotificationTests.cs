using System.Text.Json.Nodes;
using Petrel.Aws.S3;
using Petrel.Server.Services.S3.Events;
using Petrel.Server.State;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Tests.S3;

public sealed class NotificationTests
{
    private const string Function = "arn:aws:lambda:us-east-1:111122223333:function:f";

    [Fact]
    public async Task Notification_OfAMatchingObject_IsTheDocumentedRecord()
    {
        await using var host = await S3Host.WithBucketAsync();
        await ConfigureAsync(host, Rule(["s3:ObjectCreated:*"], "in/", ".jpg"));
        var put = await host.PutAsync("in/a b+ü.jpg", new byte[10]);
        await host.PutAsync("in/a.png", [1]);
        await host.PutAsync("out/a.jpg", [1]);
        await host.DeleteAsync("in/a b+ü.jpg");
        var record = Assert.Single(await PendingAsync(host));
        Assert.Equal("2.1|aws:s3|us-east-1|ObjectCreated:Put", string.Join('|', record["eventVersion"], record["eventSource"], record["awsRegion"], record["eventName"]));
        var of = record["s3"]!["object"]!;
        Assert.Equal("in/a+b%2B%C3%BC.jpg", (string?)of["key"]);
        Assert.Equal((10, put.ETag.Trim('"')), ((int)of["size"]!, (string?)of["eTag"]));
        Assert.Equal("arn:aws:s3:::bucket", (string?)record["s3"]!["bucket"]!["arn"]);
        Assert.Equal(16, ((string?)of["sequencer"])!.Length);
    }

    [Fact]
    public async Task Notification_OfEachKindOfChange_HasItsName()
    {
        await using var host = await S3Host.WithBucketAsync();
        await ConfigureAsync(host, Rule(["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:ObjectTagging:*"], null, null));
        await host.PutAsync("k", [1]);
        await host.S3.CopyObject(new CopyObjectRequest(S3Host.Bucket, "copy", "/bucket/k"), host.Call);
        await host.S3.PutObjectTagging(new PutObjectTaggingRequest(S3Host.Bucket, "k", new Tagging([new S3Tag("a", "b")])), host.Call);
        await host.DeleteAsync("k");
        await host.DeleteAsync("k");
        await host.SetVersioningAsync("Enabled");
        await host.DeleteAsync("copy");
        Assert.Equal(
            ["ObjectCreated:Put", "ObjectCreated:Copy", "ObjectTagging:Put", "ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated"],
            (await PendingAsync(host)).Select(record => (string)record["eventName"]!));
    }

    [Fact]
    public async Task Deliver_Pending_InvokesTheFunctionAsynchronously()
    {
        await using var host = await S3Host.WithBucketAsync();
        await host.Get<FunctionTargets>().DeliverAsync(new PendingNotification(Function, S3Host.Bucket, host.Call.Account, "us-east-1", "{}"), "id");
        var request = host.Invocations.Dequeue();
        Assert.Equal((Function, "Event"), (request.FunctionName, request.InvocationType));
    }

    [Fact]
    public async Task Configure_WhatCannotBe_IsRefused()
    {
        await using var host = await S3Host.WithBucketAsync();
        var gone = await Assert.ThrowsAsync<S3Exception>(() => ConfigureAsync(host, Rule(["s3:ObjectCreated:*"], null, null) with { CloudFunction = Function + ":gone" }));
        Assert.Equal(("InvalidArgument", "Unable to validate the following destination configurations"), (gone.Code, gone.Message));
        await Assert.ThrowsAsync<S3Exception>(() => ConfigureAsync(host, Rule(["s3:Nothing:*"], null, null)));
        var restore = await Assert.ThrowsAsync<CommonException>(() => ConfigureAsync(host, Rule(["s3:ObjectRestore:*"], null, null)));
        Assert.Equal(501, restore.Status);
        await Assert.ThrowsAsync<S3Exception>(() => ConfigureAsync(
            host, Rule(["s3:ObjectCreated:*"], "a", null), Rule(["s3:ObjectCreated:Put"], "ab", null) with { Id = "other" }));
        var queue = await Assert.ThrowsAsync<CommonException>(() => host.S3.PutBucketNotificationConfiguration(
            new PutBucketNotificationConfigurationRequest(S3Host.Bucket, new NotificationConfiguration(Queues: [new OtherNotification()])), host.Call));
        Assert.Equal(501, queue.Status);
        Assert.Empty((await host.S3.GetBucketNotificationConfiguration(new BucketRequest(S3Host.Bucket), host.Call)).Functions!);
    }

    private static FunctionNotification Rule(string[] events, string? prefix, string? suffix)
    {
        var rules = new List<NotificationFilterRule>();
        if (prefix is not null)
        {
            rules.Add(new NotificationFilterRule("prefix", prefix));
        }

        if (suffix is not null)
        {
            rules.Add(new NotificationFilterRule("Suffix", suffix));
        }

        return new FunctionNotification("rule", Function, events, new NotificationFilter(new NotificationKeyFilter(rules)));
    }

    private static Task ConfigureAsync(S3Host host, params FunctionNotification[] rules) => host.S3.PutBucketNotificationConfiguration(
        new PutBucketNotificationConfigurationRequest(S3Host.Bucket, new NotificationConfiguration(rules)), host.Call);

    private static async Task<List<JsonNode>> PendingAsync(S3Host host)
    {
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var leases = await host.Get<WorkQueue>().ReceiveAsync(ObjectEvents.Queue, new ReceiveOptions { Max = 100 }, TestContext.Current.CancellationToken);
        return [.. leases.Select(lease => JsonNode.Parse(StateJson.Read<PendingNotification>(lease.Body).Event)!["Records"]![0]!)];
    }
}
