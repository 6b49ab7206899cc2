using Petrel.Functions.Tests.Engine;

namespace Petrel.Functions.Tests.Prestart;

/// <summary>What is told of a cold start.</summary>
public sealed class StartTimelineTests
{
    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Invoke_ColdThenWarm_OnlyTheFirstReportHasTheStart()
    {
        var function = Host.Shell(ShellFunctions.AnswersForever);
        var (first, _) = await Host.InvokeAsync(function);
        var start = first.Report.Start!;
        Assert.Equal(StartKind.Launched, start.Kind);
        Assert.Equal(["credentials", "enclosure", "sandbox", "init"], start.Parts.Select(p => p.Name));
        Assert.True(start.Total >= first.Report.InitDuration);
        Assert.Equal(start, Host.Engine.LastStart(function.FunctionArn));

        var (second, _) = await Host.InvokeAsync(function);
        Assert.Null(second.Report.Start);
    }

    [Fact]
    public void LastStart_FunctionThatNeverRan_IsNull() => Assert.Null(Host.Engine.LastStart("arn:aws:lambda:us-east-1:000000000000:function:none"));
}

internal static class ShellFunctions
{
    /// <summary>Speaks the Runtime API without a client of its own.</summary>
    public const string AnswersForever = """
        while :; do
          id=$(curl -s -D - -o /dev/null "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next" | tr -d '\r' | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //Ip')
          curl -s -X POST -d '"done"' "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response" >/dev/null
        done
        """;
}
