using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Petrel.Functions;
using Petrel.Functions.Tests.Engine;
using Petrel.Functions.Tests.Runtimes.Bootstraps;

namespace Petrel.Functions.Tests.Runtimes.Sandboxed;

/// <summary>
/// AWS's own runtime client for Node.js, unmodified. Its installation compiles for minutes (and needs autoconf, automake, libtool, cmake), so
/// these run only when asked for: <c>./test</c>'s runner with <c>--explicit on</c>.
/// </summary>
public sealed class OfficialClientTests
{
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    private static EngineHost Host => EngineHost.Shared;

    [Fact(Explicit = true)]
    public async Task Invoke_OfficialNodeClient_AnswersAndFails()
    {
        var function = await FunctionAsync("""
            let n = 0;
            exports.handler = async (event, context) => {
              console.log('logged');
              if (event.fail) throw new TypeError('as asked');
              return { n: n++, got: event, name: context.functionName, id: context.awsRequestId, left: context.getRemainingTimeInMillis() > 0 };
            };
            """);
        for (var i = 0; i < 5; i++)
        {
            var answer = JsonDocument.Parse((await Host.InvokeAsync(function, """{"é":1}""")).Payload).RootElement;
            Assert.Equal((i, """{"é":1}""", function.Name), (answer.GetProperty("n").GetInt32(), answer.GetProperty("got").GetRawText(), answer.GetProperty("name").GetString()));
            Assert.True(answer.GetProperty("left").GetBoolean());
        }

        var (result, error) = await Host.InvokeAsync(function, """{"fail":true}""");
        Assert.Equal("Unhandled", result.FunctionError);
        Assert.StartsWith("""{"errorType":"TypeError","errorMessage":"as asked",""", error);
        Assert.Contains(Host.Logs.Of(function), l => l.EndsWith("\tINFO\tlogged", StringComparison.Ordinal));
    }

    [Fact(Explicit = true)]
    public async Task Invoke_OfficialNodeClientStreams_ReachesTheCaller()
    {
        var function = await FunctionAsync("""
            exports.handler = awslambda.streamifyResponse(async (event, stream) => {
              stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
              stream.write('a');
              stream.write('b');
              if (event.fail) throw new Error('midway');
              stream.end();
            });
            """);
        foreach (var (payload, error) in ((string, string?)[])[("{}", null), ("""{"fail":true}""", "Unhandled"), ("{}", null)])
        {
            var stream = new CollectedStream();
            var result = await Host.Engine.InvokeAsync(
                function,
                new Invocation { RequestId = Guid.CreateVersion7().ToString(), Payload = Encoding.UTF8.GetBytes(payload), InvokedFunctionArn = function.FunctionArn, ResponseStream = stream },
                new AdmissionLimits(null));
            Assert.Equal((error, """{"statusCode":201}""", "ab"), (result.FunctionError, stream.Metadata, stream.Text));
        }
    }

    private static async Task<FunctionSpec> FunctionAsync(string code)
    {
        var client = await Installed.Value;
        var function = Host.Function("provided.al2023", "index.handler", "index.js", code);
        var bootstrap = Path.Combine(function.CodeDirectory, "bootstrap");
        await File.WriteAllTextAsync(bootstrap, "#!/bin/sh\nexec node /opt/node_modules/aws-lambda-ric/bin/index.mjs \"$_HANDLER\"\n");
        File.SetUnixFileMode(bootstrap, (UnixFileMode)0x1ed);
        return function with { LayerDirectories = [client], MemoryMb = 256, Timeout = TimeSpan.FromSeconds(20) };
    }

    private static async Task<string> InstallAsync()
    {
        var folder = Path.Combine(RuntimesUnderTest.Root, "artifacts", "aws-lambda-ric");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "aws-lambda-ric", "dist")))
        {
            using var npm = Process.Start("npm", ["install", "--no-audit", "--no-fund", "--prefix", folder, "aws-lambda-ric"]);
            await npm.WaitForExitAsync();
            Assert.Equal(0, npm.ExitCode);
        }

        return folder;
    }
}
