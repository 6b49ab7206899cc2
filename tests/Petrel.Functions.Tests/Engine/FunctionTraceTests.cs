using System.Diagnostics;
using System.Text;
using Petrel.Functions;
using Petrel.Testing;

namespace Petrel.Functions.Tests.Engine;

public sealed class FunctionTraceTests
{
    private const string Code = "def handler(event, context):\n    return 1 / event\n";

    private static EngineHost Host => EngineHost.Shared;

    [Fact]
    public async Task Invoke_Listened_IsASpanWithInitAndHandlerInIt()
    {
        using var spans = new SpanRecorder();
        var function = Host.Python(Code);
        var (cold, warm) = (Guid.CreateVersion7().ToString(), Guid.CreateVersion7().ToString());
        var (result, _) = await Host.InvokeAsync(function, "1", cold);
        await Host.InvokeAsync(function, "0", warm);

        var first = spans.Find("faas.invocation_id", cold)!;
        Assert.Equal((function.Name, function.Name, "$LATEST"), (first.DisplayName, first.GetTagItem("faas.name"), first.GetTagItem("faas.version")));
        Assert.Equal(true, first.GetTagItem("faas.coldstart"));
        Assert.Equal((long)result.Report.BilledDuration.TotalMilliseconds, first.GetTagItem("petrel.billed_duration_ms"));
        Assert.Equal(128, first.GetTagItem("petrel.memory_mb"));
        Assert.Equal(ActivityStatusCode.Unset, first.Status);
        Assert.NotNull(spans.Child(first, "handler"));
        var init = spans.Child(first, "init")!;
        Assert.Equal(result.Report.InitDuration!.Value.TotalMilliseconds, init.Duration.TotalMilliseconds, 1.0);

        var second = spans.Find("faas.invocation_id", warm)!;
        Assert.Equal(false, second.GetTagItem("faas.coldstart"));
        Assert.Equal(ActivityStatusCode.Error, second.Status);
        Assert.NotNull(spans.Child(second, "handler"));
        Assert.Null(spans.Child(second, "init"));
    }

    [Fact]
    public async Task Invoke_FromAQueue_LinksToTheRequestThatSentIt()
    {
        using var spans = new SpanRecorder();
        var function = Host.Python(Code);
        var id = Guid.CreateVersion7().ToString();
        await Host.Engine.InvokeAsync(
            function,
            new Invocation
            {
                RequestId = id,
                Payload = Encoding.UTF8.GetBytes("1"),
                InvokedFunctionArn = function.FunctionArn,
                Origin = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            },
            new AdmissionLimits(null));
        Assert.Equal("b7ad6b7169203331", spans.Find("faas.invocation_id", id)!.Links.Single().Context.SpanId.ToHexString());
    }
}
