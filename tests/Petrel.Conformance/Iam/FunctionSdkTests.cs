using System.Diagnostics;
using System.Text.Json;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.Iam;

/// <summary>An official SDK inside a function, with nothing set but what the platform sets.</summary>
public sealed class FunctionSdkTests(Daemon daemon)
{
    private const string Code = """
        import boto3

        def handler(event, context):
            if event.get("called"):
                return "called"
            identity = boto3.client("sts").get_caller_identity()
            answer = boto3.client("lambda").invoke(FunctionName=context.function_name, Payload=b'{"called": true}')
            return {"arn": identity["Arn"], "account": identity["Account"], "answer": answer["Payload"].read().decode()}
        """;

    /// <summary>Packs boto3 as it is installed here, with the descriptions of two services.</summary>
    private const string Pack = """
        import os, sys, zipfile, importlib
        target, code = sys.argv[1:]
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("app.py", code)
            for name in ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"):
                file = importlib.import_module(name).__file__
                if not file.endswith("__init__.py"):
                    package.write(file, os.path.basename(file))
                    continue
                root = os.path.dirname(os.path.dirname(file))
                for folder, folders, files in os.walk(os.path.dirname(file)):
                    below = os.path.relpath(folder, root).split(os.sep)
                    if below[:2] == ["botocore", "data"] and len(below) > 2 and below[2] not in ("sts", "lambda"):
                        folders.clear()
                        continue
                    for f in files:
                        if not f.endswith(".pyc"):
                            package.write(os.path.join(folder, f), os.path.join(*below, f))
        """;

    private readonly Client _root = daemon.NewBoto();

    [Theory]
    [InlineData("outside")]
    [InlineData("none")]
    public async Task Call_WithBoto3InAFunction_ReachesThePlatformAsItsRole(string egress)
    {
        await _root.CallAsync(
            "create_function",
            new
            {
                FunctionName = "sdk",
                Runtime = BotoFunctions.PythonRuntime,
                Handler = "app.handler",
                Role = _root.Role(),
                Timeout = 60,
                MemorySize = 512,
                Environment = new { Variables = new Dictionary<string, string> { ["PETREL_EGRESS"] = egress } },
                Code = new { ZipFile = await PackAsync() },
            });
        await _root.WaitAsync("function_active_v2", "sdk");
        var answer = await _root.InvokeAsync("sdk");
        var told = JsonDocument.Parse(answer.Text("Payload")!).RootElement;
        Assert.True(told.TryGetProperty("arn", out var arn), answer.Text("Payload"));
        Assert.Equal($"arn:aws:sts::{_root.Account}:assumed-role/functions/sdk", arn.GetString());
        Assert.Equal((_root.Account, "\"called\""), (told.Text("account"), told.Text("answer")));
    }

    private static async Task<byte[]> PackAsync()
    {
        var folder = Directory.CreateTempSubdirectory("petrel-sdk-");
        try
        {
            var target = Path.Combine(folder.FullName, "package.zip");
            using var pack = Process.Start("python3", ["-c", Pack, target, Code]);
            await pack.WaitForExitAsync();
            Assert.Equal(0, pack.ExitCode);
            return await File.ReadAllBytesAsync(target);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
