using System.Buffers;
using System.Text.Json;
using Petrel.Aws.EventSources;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Server.Services.Lambda.EventSources.Model;

/// <summary>The events that functions get, and the record of a batch that was given up.</summary>
internal static class MappingEvent
{
    private const string Seconds = "yyyy-MM-dd'T'HH:mm:ss'Z'", Milliseconds = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary><c>{"Records":[…]}</c>.</summary>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<StreamEvent> records)
    {
        var buffer = new ArrayBufferWriter<byte>(records.Sum(record => record.Json.Length + 1) + 16);
        buffer.Write("{\"Records\":["u8);
        for (var i = 0; i < records.Count; i++)
        {
            if (i > 0)
            {
                buffer.Write(","u8);
            }

            buffer.Write(records[i].Json.Span);
        }

        buffer.Write("]}"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>The event of a tumbling window, with what the function aggregated so far.</summary>
    /// <param name="records">Empty in the last event of a window.</param>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<StreamEvent> records, WindowEvent window)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("window");
        json.WriteString("start", window.Start.UtcDateTime.ToString(Seconds));
        json.WriteString("end", (window.Start + window.Length).UtcDateTime.ToString(Seconds));
        json.WriteEndObject();
        json.WritePropertyName("state");
        json.WriteRawValue(window.State);
        json.WriteString("shardId", window.ShardId);
        json.WriteString("eventSourceARN", window.SourceArn);
        json.WriteBoolean("isFinalInvokeForWindow", window.IsFinal);
        json.WriteBoolean("isWindowTerminatedEarly", window.IsEarly);
        json.WriteStartArray("Records");
        foreach (var record in records)
        {
            json.WriteRawValue(record.Json.Span, skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>The documented record of a batch that was given up.</summary>
    public static string WriteFailure(GivenUp failure, EventSourceTraits traits, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("requestContext");
        json.WriteString("requestId", failure.RequestId);
        json.WriteString("functionArn", failure.FunctionArn);
        json.WriteString("condition", failure.Condition);
        json.WriteNumber("approximateInvokeCount", failure.Runs);
        json.WriteEndObject();
        if (failure.ExecutedVersion is { } version)
        {
            json.WriteStartObject("responseContext");
            json.WriteNumber("statusCode", 200);
            json.WriteString("executedVersion", version);
            json.WriteString("functionError", failure.FunctionError);
            json.WriteEndObject();
        }

        json.WriteString("version", "1.0");
        json.WriteString("timestamp", now.UtcDateTime.ToString(Milliseconds));
        json.WriteStartObject(traits.BatchInfoMember);
        json.WriteString("shardId", failure.ShardId);
        json.WriteString("startSequenceNumber", failure.Records[0].SequenceNumber);
        json.WriteString("endSequenceNumber", failure.Records[^1].SequenceNumber);
        json.WriteString("approximateArrivalOfFirstRecord", failure.Records[0].At.UtcDateTime.ToString(traits.BatchInfoTimeFormat));
        json.WriteString("approximateArrivalOfLastRecord", failure.Records[^1].At.UtcDateTime.ToString(traits.BatchInfoTimeFormat));
        json.WriteNumber("batchSize", failure.Records.Count);
        json.WriteString("streamArn", failure.SourceArn);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

/// <summary>What an event of a tumbling window has beside its records.</summary>
internal sealed record WindowEvent(
    DateTimeOffset Start, TimeSpan Length, string State, string ShardId, string SourceArn, bool IsFinal = false, bool IsEarly = false);

/// <summary>A run of records that was given up.</summary>
/// <param name="RequestId">Of the last attempt.</param>
/// <param name="ExecutedVersion">Null when no attempt ran.</param>
internal sealed record GivenUp(
    string RequestId,
    string FunctionArn,
    string Condition,
    int Runs,
    string? ExecutedVersion,
    string? FunctionError,
    string ShardId,
    string SourceArn,
    IReadOnlyList<StreamEvent> Records);
