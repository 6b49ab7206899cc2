using Petrel.Functions.Prestart;
using Petrel.Functions.Sandboxes;
using Petrel.Functions.Tests.Engine;
using Petrel.Testing;

namespace Petrel.Functions.Tests.Prestart;

/// <summary>Starts in sandboxes that wait without a runtime, and by fork servers.</summary>
public sealed class ReadySandboxTests
{
    private const string Shell = """
        #!/bin/sh
        API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
        while true; do
          curl -sS -D /tmp/headers "$API/invocation/next" > /dev/null
          ID=$(grep -i lambda-runtime-aws-request-id /tmp/headers | tr -d '[:space:]' | cut -d: -f2)
          curl -sS "$API/invocation/$ID/response" -d "\"$(pwd) $(readlink /proc/$$/fd/3) $MARK $PETREL_FD $(ls /proc | grep -c '^[0-9]*$')\"" > /dev/null
        done
        """;

    private static EngineHost Host => EngineHost.Prestarting;

    public ReadySandboxTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting late needs root");

    [Fact]
    public async Task Provided_SandboxWaits_StartsInIt()
    {
        var function = Host.Function("provided.al2023", "x", "bootstrap", Shell) with { Environment = new Dictionary<string, string> { ["MARK"] = "mark" } };
        await ExpectAsync(function);
        var (result, payload) = await Host.InvokeAsync(function, "1");
        Assert.StartsWith("\"/var/task /dev/null mark  ", payload, StringComparison.Ordinal);
        Assert.Equal(StartKind.InReadySandbox, result.Report.Start!.Kind);
    }

    [Fact]
    public async Task Node_VariablesOfTheStart_AreInForceInASandboxThatWaited()
    {
        var function = Host.Node("exports.handler = async () => [process.execArgv.length > 0, process.memoryUsage !== undefined, process.env.NODE_OPTIONS, typeof gc, __dirname]") with
        {
            Environment = new Dictionary<string, string> { ["NODE_OPTIONS"] = "--expose-gc" },
        };
        await ExpectAsync(function);
        var (result, payload) = await Host.InvokeAsync(function, "1");
        Assert.Equal("""[true,true,"--expose-gc","function","/var/task"]""", payload);
        Assert.Equal(StartKind.InReadySandbox, result.Report.Start!.Kind);
    }

    [Fact]
    public async Task Python_StartsKeepComing_AreForked()
    {
        await using var host = new EngineHost(12_000, prestart: new PrestartOptions { CpuPercent = 1 }); // which makes up for next to nothing
        var function = host.Python("""
            import os, time
            def handler(event, context):
                time.sleep(0.2)
                return [os.environ["MARK"], os.environ["AWS_LAMBDA_FUNCTION_NAME"] == context.function_name, os.getcwd(), "PETREL_FD" in os.environ]
            """) with { Environment = new Dictionary<string, string> { ["MARK"] = "mark" } };
        var forked = 0;
        for (var round = 0; round < 10 && forked < 4; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.InvokeAsync(function, "1")));
            Assert.All(answers, a => Assert.Equal("""["mark", true, "/var/task", false]""", a.Payload));
            forked += answers.Count(a => a.Result.Report.Start is { Kind: StartKind.Forked });
            await host.Engine.RetireAsync(function.FunctionArn, new HashSet<string>());
        }

        Assert.True(forked >= 4, $"{forked} were forked");
        Assert.Equal(1, host.Forks.Running);
    }

    [Fact]
    public void PlanReady_ProcessWithFilesOfItsOwn_HasNone()
    {
        var adapter = Host.Runtimes.AdapterFor(Host.Runtimes.Catalogue.Find("provided.al2023")!)!;
        var plan = new LaunchPlan { Command = ["/entry"] };
        Assert.NotNull(adapter.PlanReady(plan));
        Assert.Null(adapter.PlanReady(plan with { RootDirectory = "/images/one" }));
    }

    /// <summary>Waits until a sandbox is ready for it.</summary>
    private static async Task ExpectAsync(FunctionSpec function)
    {
        var runtime = Host.Runtimes.Catalogue.Find(function.Runtime)!;
        var adapter = Host.Runtimes.AdapterFor(runtime)!;
        var ready = adapter.PlanReady(adapter.Plan(function, runtime))!;
        Host.Prestart.Expect(ready, 128);
        await Eventually.IsTrueAsync(() => Host.Prestart.WaitingFor(ready) > 0);
    }
}
