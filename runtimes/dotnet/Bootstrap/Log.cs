using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Petrel.Bootstrap;

/// <summary>Writes log events in Lambda's formats: what the function prints, what its logger gets, and its exceptions.</summary>
internal static class Log
{
    private static readonly string[] Levels = ["Trace", "Debug", "Information", "Warning", "Error", "Critical"];
    private static readonly string[] ShortLevels = ["trce", "dbug", "info", "warn", "fail", "crit"];
    private static readonly FileStream Output = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
    private static readonly Lock Writing = new();

    private static LineWriter? _out;
    private static LineWriter? _error;
    private static bool _json;
    private static bool _plain;
    private static int _threshold;

    public static string RequestId { get; set; } = "";

    /// <summary>Takes over the console. Its own writers would first learn about the terminal, which takes longer than the whole start.</summary>
    public static void Install()
    {
        _json = string.Equals(Read("AWS_LAMBDA_LOG_FORMAT"), "JSON", StringComparison.OrdinalIgnoreCase);
        _plain = string.Equals(Read("AWS_LAMBDA_HANDLER_LOG_FORMAT"), "Unformatted", StringComparison.OrdinalIgnoreCase);
        var named = Read("AWS_LAMBDA_HANDLER_LOG_LEVEL") ?? Read("AWS_LAMBDA_LOG_LEVEL");
        _threshold = named is null ? 2 : Math.Max(IndexOf(named), 0);
        Console.SetOut(_out = new LineWriter("Information"));
        Console.SetError(_error = new LineWriter("Error"));
    }

    /// <summary>The package's static logger writes here too, if the function brings it.</summary>
    public static void Connect(Assembly main)
    {
        if (!main.GetReferencedAssemblies().Any(a => a.Name == "Amazon.Lambda.Core"))
        {
            return;
        }

        var logger = Assembly.Load("Amazon.Lambda.Core").GetType("Amazon.Lambda.Core.LambdaLogger");
        logger?.GetField("_loggingAction", BindingFlags.NonPublic | BindingFlags.Static)?.SetValue(null, (Action<string>)(m => Write("Information", m)));
    }

    public static void Failure(Exception error) => Write("Error", error.ToString());

    public static void Flush()
    {
        _out?.Flush();
        _error?.Flush();
    }

    public static void Write(string level, string message, object[]? arguments = null, Exception? error = null)
    {
        var index = IndexOf(level);
        if (index >= 0 && index < _threshold)
        {
            return;
        }

        var text = arguments is { Length: > 0 } ? Fill(message, arguments, null) : message;
        var stamp = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ");
        var line = _json ? Json(stamp, index < 0 ? level : Levels[index], message, text, arguments, error)
            : Text(stamp, index < 0 ? level : ShortLevels[index], error is null ? text : $"{text}\n{error}");

        // An event of several lines stays one event: inside it, NUL stands for a line end (docs/frames.md).
        var bytes = Encoding.UTF8.GetBytes(line.Replace("\r\n", "\n").Replace('\n', '\0') + "\n");
        lock (Writing)
        {
            Output.Write(bytes);
        }
    }

    private static string Text(string stamp, string level, string text) => _plain ? text : $"{stamp}\t{RequestId}\t{level}\t{text}";

    private static string Json(string stamp, string level, string template, string text, object[]? arguments, Exception? error)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", stamp);
            json.WriteString("level", level);
            json.WriteString("requestId", RequestId);
            json.WriteString("message", text);
            if (arguments is { Length: > 0 })
            {
                Fill(template, arguments, (name, value) =>
                {
                    json.WritePropertyName(name);
                    json.WriteRawValue(value is string or null or bool or int or long or double or decimal
                        ? JsonSerializer.Serialize(value)
                        : JsonSerializer.Serialize(value.ToString()));
                });
            }

            if (error is not null)
            {
                json.WriteString("errorType", error.GetType().FullName);
                json.WriteString("errorMessage", error.Message);
                json.WriteStartArray("stackTrace");
                foreach (var frame in error.ToString().Split('\n'))
                {
                    json.WriteStringValue(frame.Trim());
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    // {name} and {0} are replaced in order, as structured loggers do it.
    private static string Fill(string template, object[] arguments, Action<string, object?>? visit)
    {
        var text = new StringBuilder();
        var next = 0;
        for (var at = 0; at < template.Length; at++)
        {
            var end = template[at] == '{' ? template.IndexOf('}', at) : -1;
            if (end < 0 || next >= arguments.Length)
            {
                text.Append(template[at]);
                continue;
            }

            var name = template[(at + 1)..end].TrimStart('@').Split(':')[0];
            var value = arguments[int.TryParse(name, out var position) && position < arguments.Length ? position : next];
            next++;
            visit?.Invoke(name, value);
            text.Append(value);
            at = end;
        }

        return text.ToString();
    }

    // Lambda's names (TRACE, WARN…) and .NET's.
    private static int IndexOf(string level) => level.ToUpperInvariant() switch
    {
        "TRACE" => 0,
        "DEBUG" => 1,
        "INFO" or "INFORMATION" => 2,
        "WARN" or "WARNING" => 3,
        "ERROR" => 4,
        "FATAL" or "CRITICAL" => 5,
        _ => -1,
    };

    private static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>One event for each line that is printed, or for each text that is printed as a line.</summary>
    private sealed class LineWriter(string level) : TextWriter
    {
        private readonly StringBuilder _line = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            if (value == '\n')
            {
                Emit();
            }
            else
            {
                _line.Append(value);
            }
        }

        public override void Write(string? value)
        {
            var rest = value.AsSpan();
            for (var end = rest.IndexOf('\n'); end >= 0; end = rest.IndexOf('\n'))
            {
                _line.Append(rest[..end]);
                Emit();
                rest = rest[(end + 1)..];
            }

            _line.Append(rest);
        }

        public override void WriteLine(string? value)
        {
            _line.Append(value);
            Emit();
        }

        public override void WriteLine() => Emit();

        public override void Flush()
        {
            if (_line.Length > 0)
            {
                Emit();
            }
        }

        private void Emit()
        {
            var text = _line.ToString();
            _line.Clear();
            Log.Write(level, text);
        }
    }
}
