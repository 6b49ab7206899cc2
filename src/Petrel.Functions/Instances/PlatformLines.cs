using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Petrel.Functions.Instances;

/// <summary>How an invocation ended, for its REPORT line. A handler's own error is a success of the platform.</summary>
/// <param name="Status">Null on success, else <c>timeout</c> or <c>error</c>.</param>
internal readonly record struct ReportStatus(string? Status = null, string? ErrorType = null);

/// <summary>
/// The lines that the platform itself writes into a function's log, letter for letter as Lambda writes them: plain text, or, for functions
/// with JSON logs, the events of its telemetry.
/// </summary>
internal sealed class PlatformLines(InvocationLog log, FunctionSpec spec, TimeProvider time)
{
    private const int MaxTextBytes = 1024;

    public void InitStart(string runtimeVersion, string initializationType)
    {
        // The same name that GetFunction gives.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(spec.Runtime)));
        var arn = $"arn:aws:lambda:{spec.Region}::runtime:{hash}";
        if (spec.JsonLogs)
        {
            Json("platform.initStart", writer =>
            {
                writer.WriteString("initializationType"u8, initializationType);
                writer.WriteString("phase"u8, "init"u8);
                writer.WriteString("runtimeVersion"u8, runtimeVersion);
                writer.WriteString("runtimeVersionArn"u8, arn);
                writer.WriteString("functionName"u8, spec.Name);
                writer.WriteString("functionVersion"u8, spec.Version);
            });
            return;
        }

        Text($"INIT_START Runtime Version: {runtimeVersion}\tRuntime Version ARN: {arn}");
    }

    /// <summary>Written when initialisation fails; a successful one is part of the first invocation's report.</summary>
    /// <param name="phase"><c>init</c>, or <c>invoke</c> when it was repeated within an invocation.</param>
    public void InitReport(TimeSpan duration, string phase, ReportStatus status)
    {
        if (spec.JsonLogs)
        {
            Json("platform.initReport", writer =>
            {
                writer.WriteString("initializationType"u8, "on-demand"u8);
                writer.WriteString("phase"u8, phase);
                writer.WriteString("status"u8, status.Status);
                if (status.ErrorType is not null)
                {
                    writer.WriteString("errorType"u8, status.ErrorType);
                }

                writer.WriteStartObject("metrics"u8);
                Milliseconds(writer, "durationMs", duration);
                writer.WriteEndObject();
            });
            return;
        }

        Text($"INIT_REPORT Init Duration: {duration.TotalMilliseconds:F2} ms\tPhase: {phase}\tStatus: {status.Status}{ErrorType(status)}");
    }

    public void Start(string requestId)
    {
        if (spec.JsonLogs)
        {
            Json("platform.start", writer =>
            {
                writer.WriteString("requestId"u8, requestId);
                writer.WriteString("version"u8, spec.Version);
            });
            return;
        }

        Span<byte> line = stackalloc byte[MaxTextBytes];
        if (Utf8.TryWrite(line, $"START RequestId: {requestId} Version: {spec.Version}", out var length))
        {
            log.Platform(line[..length]);
        }
    }

    public void End(string requestId)
    {
        if (!spec.JsonLogs)
        {
            Span<byte> line = stackalloc byte[MaxTextBytes];
            if (Utf8.TryWrite(line, $"END RequestId: {requestId}", out var length))
            {
                log.Platform(line[..length]);
            }
        }
    }

    public void Fault(string requestId, FunctionFault fault) => Fault(requestId, fault.Message, fault.ErrorType);

    /// <summary>A line about what went wrong, before END.</summary>
    public void Fault(string requestId, string message, string? type)
    {
        if (!spec.JsonLogs)
        {
            Text(type is null ? message : $"{message}\n{type}");
        }
        else if (type is not null)
        {
            Json("platform.fault", writer =>
            {
                writer.WriteString("requestId"u8, requestId);
                writer.WriteString("errorType"u8, type);
                writer.WriteString("errorMessage"u8, message);
            });
        }
    }

    public void Report(string requestId, InvocationReport report, ReportStatus status)
    {
        if (spec.JsonLogs)
        {
            JsonReport(requestId, report, status);
            return;
        }

        Span<byte> line = stackalloc byte[MaxTextBytes];
        if (!Utf8.TryWrite(
            line,
            CultureInfo.InvariantCulture,
            $"REPORT RequestId: {requestId}\tDuration: {report.Duration.TotalMilliseconds:F2} ms\tBilled Duration: {(long)report.BilledDuration.TotalMilliseconds} ms\tMemory Size: {report.MemorySizeMb} MB\tMax Memory Used: {report.MaxMemoryUsedMb} MB\t",
            out var length))
        {
            return;
        }

        if (report.InitDuration is { } init && Utf8.TryWrite(line[length..], $"Init Duration: {init.TotalMilliseconds:F2} ms\t", out var more))
        {
            length += more;
        }

        if (status.Status is not null && Utf8.TryWrite(line[length..], $"Status: {status.Status}{ErrorType(status)}", out more))
        {
            length += more;
        }

        log.Platform(line[..length]);
    }

    private void JsonReport(string requestId, InvocationReport report, ReportStatus status) => Json("platform.report", writer =>
    {
        writer.WriteString("requestId"u8, requestId);
        writer.WriteStartObject("metrics"u8);
        Milliseconds(writer, "durationMs", report.Duration);
        writer.WriteNumber("billedDurationMs"u8, (long)report.BilledDuration.TotalMilliseconds);
        writer.WriteNumber("memorySizeMB"u8, report.MemorySizeMb);
        writer.WriteNumber("maxMemoryUsedMB"u8, report.MaxMemoryUsedMb);
        if (report.InitDuration is { } init)
        {
            Milliseconds(writer, "initDurationMs", init);
        }

        writer.WriteEndObject();
        writer.WriteString("status"u8, status.Status ?? "success");
        if (status.ErrorType is not null)
        {
            writer.WriteString("errorType"u8, status.ErrorType);
        }
    });

    private static string ErrorType(ReportStatus status) => status.ErrorType is null ? "" : $"\tError Type: {status.ErrorType}";

    private static void Milliseconds(Utf8JsonWriter writer, string name, TimeSpan duration) =>
        writer.WriteNumber(name, Math.Round(duration.TotalMilliseconds, 3));

    private void Text(string line) => log.Platform(Encoding.UTF8.GetBytes(line));

    private void Json(string type, Action<Utf8JsonWriter> record)
    {
        using var buffer = new MemoryStream(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("time"u8, time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("type"u8, type);
            writer.WriteStartObject("record"u8);
            record(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        log.Platform(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
