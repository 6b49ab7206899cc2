using System.Buffers;
using System.IO.Hashing;
using System.Text.Json;
using Petrel.Aws.DynamoDbStreams;
using Petrel.Server.Services.DynamoDb.Model.Streams;
using Petrel.Server.Services.DynamoDb.Store.Streams;
using Petrel.Storage;
using StreamRecord = Petrel.Server.Services.DynamoDb.Model.Streams.StreamRecord;

namespace Petrel.Server.Services.DynamoDb.Api.Streams;

/// <summary>A stream's records in the two forms in which they go out: as GetRecords answers them, and as functions get them.</summary>
internal static class StreamAnswer
{
    private const string EventVersion = "1.1", EventSource = "aws:dynamodb";

    public static Record ToRecord(StreamRecord stream, int shard, LogEvent entry)
    {
        var change = StreamEntry.Decode(entry.Value);
        return new Record(
            EventId(stream, shard, entry.Position),
            change.Name,
            EventVersion,
            EventSource,
            stream.Region,
            new Aws.DynamoDbStreams.StreamRecord(
                DateTimeOffset.FromUnixTimeSeconds(entry.At.ToUnixTimeSeconds()),
                change.Keys,
                StreamNames.Sequence(entry.Position.Value),
                change.SizeBytes,
                change.View,
                change.New,
                change.Old),
            change.Writer is { } writer ? new StreamIdentity(writer.PrincipalId, writer.Type) : null);
    }

    /// <summary>An element of an event's <c>Records</c>.</summary>
    public static ReadOnlyMemory<byte> ToEventJson(StreamRecord stream, int shard, LogEvent entry)
    {
        var change = StreamEntry.Decode(entry.Value);
        var buffer = new ArrayBufferWriter<byte>(entry.Value.Length + 512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("eventID", EventId(stream, shard, entry.Position));
        json.WriteString("eventName", change.Name);
        json.WriteString("eventVersion", EventVersion);
        json.WriteString("eventSource", EventSource);
        json.WriteString("awsRegion", stream.Region);
        json.WriteStartObject("dynamodb");
        json.WriteNumber("ApproximateCreationDateTime", entry.At.ToUnixTimeSeconds());
        json.WritePropertyName("Keys");
        change.Keys.WriteJson(json);
        WriteImage(json, "NewImage", change.New);
        WriteImage(json, "OldImage", change.Old);
        json.WriteString("SequenceNumber", StreamNames.Sequence(entry.Position.Value));
        json.WriteNumber("SizeBytes", change.SizeBytes);
        json.WriteString("StreamViewType", change.View);
        json.WriteEndObject();
        if (change.Writer is { } writer)
        {
            json.WriteStartObject("userIdentity");
            json.WriteString("type", writer.Type);
            json.WriteString("principalId", writer.PrincipalId);
            json.WriteEndObject();
        }

        json.WriteString("eventSourceARN", stream.Arn);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteImage(Utf8JsonWriter json, string name, Petrel.Aws.DynamoDb.AttributeMap? image)
    {
        if (image is not null)
        {
            json.WritePropertyName(name);
            image.WriteJson(json);
        }
    }

    /// <summary>The same whenever the record is read, and no other record's.</summary>
    private static string EventId(StreamRecord stream, int shard, LogPosition position)
    {
        Span<byte> name = stackalloc byte[20];
        BitConverter.TryWriteBytes(name, stream.Stream.LogId);
        BitConverter.TryWriteBytes(name[8..], shard);
        BitConverter.TryWriteBytes(name[12..], position.Value);
        return Convert.ToHexStringLower(XxHash128.Hash(name));
    }
}
