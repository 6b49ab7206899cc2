using Petrel.Server.Services.Lambda.Invocation;

namespace Petrel.Tests.Lambda.Invocation;

public sealed class TraceIdsTests
{
    [Theory]
    [InlineData("Active", 1)]
    [InlineData("PassThrough", 0)]
    public void Create_OfAFunction_SaysWhetherItIsSampled(string mode, int sampled)
    {
        var fixture = new InvocationFixture();
        var trace = TraceIds.Create(fixture.Version("1") with { TracingMode = mode }, fixture.Ids, fixture.Clock.GetUtcNow());
        Assert.Matches($"^Root=1-[0-9a-f]{{8}}-[0-9a-f]{{24}};Parent=[0-9a-f]{{16}};Sampled={sampled}$", trace);
    }
}
