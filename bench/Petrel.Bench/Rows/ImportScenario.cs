using System.Runtime.CompilerServices;
using Petrel.Bench.Load;

namespace Petrel.Bench.Rows;

/// <summary>
/// Cold starts of a function that imports a client of AWS's SDK, against the same import in the bare language. The same code is started
/// again and again (a changed variable ends the instances): what the platform caches of the code by then is part of the figure.
/// </summary>
internal sealed class ImportScenario : IScenario
{
    private const int Runs = 15;
    private const string NodeImport = "const { S3Client } = require('@aws-sdk/client-s3'); new S3Client({ region: 'us-east-1' });";
    private const string PythonImport = "import boto3; boto3.client('s3', region_name='us-east-1')";

    public string Name => "import";

    public async IAsyncEnumerable<Row> RunAsync(BenchContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var daemon = await MeasuredDaemon.StartAsync(context, cancellationToken);
        using var deployments = new Deployments(daemon);
        using var caller = new Caller();
        await caller.ConnectAsync(daemon, cancellationToken);
        if (await Npm.InstallAsync(context, "aws-sdk", ["@aws-sdk/client-s3"], cancellationToken) is { } sdk)
        {
            var index = Path.Combine(sdk, "index.js");
            await File.WriteAllTextAsync(index, $"{NodeImport}\n{SampleFunction.NodeHelloCode}", cancellationToken);
            yield return await RowAsync(
                "Node.js, @aws-sdk/client-s3", new SampleFunction("nodejs20.x", "index.handler", SampleFunction.ZipFolder(sdk)), () => BareStart.P50Ms(Runs, "node", index));
        }

        var program = await caller.TextAsync(await deployments.CreateOpenAsync("python", new SampleFunctions(context).PythonProgram(), cancellationToken), cancellationToken);
        if (Boto3Folder("python3") is { } packages)
        {
            var staging = Directory.CreateTempSubdirectory("petrel-bench-boto3-").FullName;
            foreach (var name in (string[])["boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py"])
            {
                BenchFiles.Copy(Path.Combine(packages, name), Path.Combine(staging, name));
            }

            await File.WriteAllTextAsync(Path.Combine(staging, "app.py"), $"{PythonImport}\ndef handler(event, context):\n    return 'Hello from Petrel'\n", cancellationToken);
            var function = new SampleFunction("python3.11", "app.handler", SampleFunction.ZipFolder(staging));
            yield return await RowAsync("Python, boto3", function, () => BareStart.P50Ms(Runs, program, "-c", $"import sys; sys.path.insert(0, '{staging}'); {PythonImport}"));
            Directory.Delete(staging, recursive: true);
        }

        async Task<Row> RowAsync(string what, SampleFunction function, Func<double> bare)
        {
            context.Progress($"cold starts that import: {what}");
            var bareMs = bare();
            var name = $"import-{function.Runtime.Split('.')[0]}";
            var url = await deployments.CreateOpenAsync(name, function with { MemoryMb = 512 }, cancellationToken);
            var times = new List<double>();
            for (var i = 0; i < Runs + 3; i++)
            {
                await deployments.TouchAsync(name, i, cancellationToken);
                await Task.Delay(500, cancellationToken);
                var took = await caller.TimeMsAsync(url, cancellationToken);
                if (i >= 3)
                {
                    times.Add(took);
                }
            }

            return new Row($"cold start, {what}: p50 against the same import in the bare language", Percentile.Of(times, 50) / bareMs, "×", 0.9, 0.5)
            {
                Note = $"{Percentile.Of(times, 50):0} ms, bare {bareMs:0} ms",
            };
        }
    }

    private static string? Boto3Folder(string python)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            python, ["-c", "import boto3, os; print(os.path.dirname(os.path.dirname(boto3.__file__)))"])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var folder = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? folder : null;
    }
}
