using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Petrel.Server.Services.S3.Model;
using Petrel.Server.State;
using Petrel.Storage;
using Petrel.Wire;
using Petrel.Wire.Rest;

namespace Petrel.Server.Services.S3.Events;

/// <summary>A notification that waits to be delivered: to which function, of which bucket, and the event as the function will see it.</summary>
internal sealed record PendingNotification(string FunctionArn, string Bucket, string Account, string Region, string Event);

/// <summary>What happened to an object.</summary>
/// <param name="Name">As in <see cref="EventNames"/>.</param>
internal sealed record ObjectEvent(string Name, string Key, ObjectState State);

/// <summary>
/// Puts notifications into the durable queue within the transaction that changes the object: whoever sees the object acknowledged knows that
/// the function will be told.
/// </summary>
internal sealed class ObjectEvents(WorkQueue queue, TimeProvider time)
{
    /// <summary>The queue of all notifications.</summary>
    public const ulong Queue = 0x5333_4576_656E_7473;

    public void Add(IWriteTransaction tx, BucketState bucket, ObjectEvent happened, CallContext call)
    {
        if (bucket.Notifications is not { } rules)
        {
            return;
        }

        foreach (var rule in rules)
        {
            if (rule.Matches(happened.Name, happened.Key))
            {
                var pending = new PendingNotification(rule.FunctionArn, bucket.Name, bucket.Account, bucket.Region, Describe(bucket, rule, happened, call));
                queue.Enqueue(tx, Queue, StateJson.Write(pending));
            }
        }
    }

    /// <summary>The documented record, version 2.1.</summary>
    private string Describe(BucketState bucket, NotificationRule rule, ObjectEvent happened, CallContext call)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("Records");
            json.WriteStartObject();
            json.WriteString("eventVersion", "2.1");
            json.WriteString("eventSource", "aws:s3");
            json.WriteString("awsRegion", bucket.Region);
            json.WriteString("eventTime", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("eventName", happened.Name);
            json.WriteStartObject("userIdentity");
            json.WriteString("principalId", $"AWS:{call.Caller.PrincipalId}");
            json.WriteEndObject();
            json.WriteStartObject("requestParameters");
            json.WriteString("sourceIPAddress", call.SourceIp ?? "127.0.0.1");
            json.WriteEndObject();
            json.WriteStartObject("responseElements");
            json.WriteString("x-amz-request-id", call.RequestId);
            json.WriteString("x-amz-id-2", "petrel");
            json.WriteEndObject();
            WriteObject(json, bucket, rule, happened);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteObject(Utf8JsonWriter json, BucketState bucket, NotificationRule rule, ObjectEvent happened)
    {
        json.WriteStartObject("s3");
        json.WriteString("s3SchemaVersion", "1.0");
        json.WriteString("configurationId", rule.Id);
        json.WriteStartObject("bucket");
        json.WriteString("name", bucket.Name);
        json.WriteStartObject("ownerIdentity");
        json.WriteString("principalId", CanonicalUsers.Of(bucket.Account).ID);
        json.WriteEndObject();
        json.WriteString("arn", bucket.Arn);
        json.WriteEndObject();
        json.WriteStartObject("object");
        json.WriteString("key", EncodeKey(happened.Key));
        var state = happened.State;
        if (!happened.Name.StartsWith("ObjectRemoved", StringComparison.Ordinal))
        {
            json.WriteNumber("size", state.Size);
            json.WriteString("eTag", state.ETag);
        }
        else if (state.IsMarker)
        {
            json.WriteString("eTag", "d41d8cd98f00b204e9800998ecf8427e");
        }

        if (bucket.Versioning is not null && state.VersionId is not null)
        {
            json.WriteString("versionId", state.VersionId);
        }

        // Greater for later events of a key, when compared as text.
        json.WriteString("sequencer", (ulong.MaxValue - state.Order.Inverted).ToString("X16", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>As in a form: spaces become plus signs.</summary>
    private static string EncodeKey(string key)
    {
        var encoded = new StringBuilder(key.Length + 16);
        PercentEncoding.Encode(encoded, key, keepSlash: true);
        return encoded.Replace("%20", "+").ToString();
    }
}
