using System.IO.Compression;
using System.Text;

namespace Petrel.Chaos;

/// <summary>What a function of the load does, and how its invocations must end.</summary>
/// <param name="ErrorType">Null: with success, and the number of its code as the answer.</param>
internal sealed record Role(string Name, string Runtime, string Handler, string File, string Code, string? ErrorType = null)
{
    /// <summary>Errors that it may end with as well: which limit a bomb meets first depends on how busy the machine is.</summary>
    public string[] OtherErrorTypes { get; init; } = [];

    /// <summary>Stands in the code for its number, which every update changes.</summary>
    private const string Number = "NUMBER";

    /// <summary>The well-behaved are the most, as they are outside.</summary>
    public static readonly Role[] All =
    [
        Python("plain", "return NUMBER"),
        Node("plain", "return NUMBER"),
        Python("slow", "import time; time.sleep(0.2); return NUMBER"),
        Node("burst of output", "for (let i = 0; i < 2000; i++) console.log('line', i); return NUMBER"),
        Python("files", "open('/tmp/f', 'wb').write(b'x' * (20 << 20)); return NUMBER"),
        Python("children", "import subprocess; subprocess.Popen(['sleep', '1000']); return NUMBER"),
        Node("plain", "return NUMBER"),
        new("provided", "provided.al2023", "x", "bootstrap", """
            #!/bin/sh
            API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
            while true; do
              curl -sS -D /tmp/headers "$API/invocation/next" > /dev/null
              ID=$(grep -i lambda-runtime-aws-request-id /tmp/headers | tr -d '[:space:]' | cut -d: -f2)
              curl -sS "$API/invocation/$ID/response" -d NUMBER > /dev/null
            done
            """),
        Python("failing", "raise KeyError('NUMBER')") with { ErrorType = "KeyError" },
        Python("crashing", "import os; os._exit(NUMBER % 7)") with { ErrorType = "Runtime.ExitError" },
        Node("aborting", "process.abort() // NUMBER") with { ErrorType = "Runtime.ExitError" },
        Python("too slow", "import time; time.sleep(60) # NUMBER") with { ErrorType = "Sandbox.Timedout" },
        Python("too large", "x = b'x' * (600 << 20); return len(x) + NUMBER") with { ErrorType = "Runtime.OutOfMemory", OtherErrorTypes = ["MemoryError"] },
        Python("fork bomb", """

            import os, time
            try:
                while True:
                    if os.fork() == 0: time.sleep(60)
            except OSError: pass
            return NUMBER
            """) with { OtherErrorTypes = ["Runtime.OutOfMemory", "Runtime.ExitError", "Sandbox.Timedout"] },
    ];

    public byte[] Package(int number)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            var entry = zip.CreateEntry(File);
            entry.ExternalAttributes = 0x1ed << 16; // a program may be run
            using var file = entry.Open();
            file.Write(Encoding.UTF8.GetBytes(Code.Replace(Number, $"{number}", StringComparison.Ordinal)));
        }

        return memory.ToArray();
    }

    private static Role Python(string name, string body) =>
        new($"python, {name}", "python3.12", "app.handler", "app.py", $"def handler(event, context):\n    {body.Replace("\n", "\n    ", StringComparison.Ordinal)}\n");

    private static Role Node(string name, string body) =>
        new($"node, {name}", "nodejs22.x", "index.handler", "index.js", $"exports.handler = async () => {{ {body}\n}};");
}
