using System.Diagnostics;
using Petrel.Server.Edge;
using Petrel.Testing;

namespace Petrel.Tests.Edge;

public sealed class EdgeTraceTests(EdgeFixture edge) : IClassFixture<EdgeFixture>
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Span = "b7ad6b7169203331";

    [Theory]
    [InlineData("traceparent", $"00-{Trace}-{Span}-01")]
    [InlineData("X-Amzn-Trace-Id", "Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1")]
    public async Task Request_OfATracedCaller_IsAServerSpanBelowIt(string header, string value)
    {
        using var spans = new SpanRecorder();
        var answer = await edge.SendAsync(new SignedClient("toy"), HttpMethod.Get, "/2020/things/no-such-thing", [], r => r.Headers.Add(header, value));
        var span = await FindAsync(spans, answer.Header("x-amzn-RequestId")!);
        Assert.Equal((Trace, Span, ActivityKind.Server), (span.TraceId.ToHexString(), span.ParentSpanId.ToHexString(), span.Kind));
        Assert.Equal("aws-api", span.GetTagItem("rpc.system"));
        Assert.Equal("toy", span.GetTagItem("rpc.service"));
        Assert.Equal($"toy.{span.GetTagItem("rpc.method")}", span.DisplayName);
        Assert.Equal((int)answer.Status, span.GetTagItem("http.response.status_code"));
    }

    [Fact]
    public async Task Request_OfNoTrace_BeginsOne()
    {
        using var spans = new SpanRecorder();
        var answer = await edge.SendAsync(null, HttpMethod.Get, "/_petrel/health", []);
        var span = await FindAsync(spans, answer.Header("x-amzn-RequestId")!);
        Assert.Equal(("health", default), (span.DisplayName, span.ParentSpanId));
    }

    [Theory]
    [InlineData("Root=1-0af76519-16cd43dd8448eb211c80319c")]
    [InlineData("Root=1-0af76519-16cd43dd8448eb211c8031zz;Parent=b7ad6b7169203331")]
    [InlineData("Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=0000000000000000")]
    [InlineData(";;=;Root=;Parent=")]
    public void Parent_OfNoSpan_IsNone(string header) => Assert.Equal(default, EdgeTraces.ParentOf("nonsense", null, header));

    [Fact]
    public void Parent_NotSampled_SaysSo() => Assert.Equal(
        ActivityTraceFlags.None,
        EdgeTraces.ParentOf(null, null, $"Sampled=0;Parent={Span};Root=1-{Trace[..8]}-{Trace[8..]}").TraceFlags);

    /// <summary>A span ends a moment after its answer has left.</summary>
    private static async Task<Activity> FindAsync(SpanRecorder spans, string requestId)
    {
        await Eventually.IsTrueAsync(() => spans.Find("aws.request_id", requestId) is not null);
        return spans.Find("aws.request_id", requestId)!;
    }
}
