using Petrel.Storage;

namespace Petrel.Tests;

public sealed class KeyTests
{
    [Fact]
    public void Unpack_KeyOfSubspace_ReturnsItsElements()
    {
        var space = new Subspace("lambda", "function");
        var parts = space.Unpack(space.Key("000000000000", -5L, 7UL, new byte[] { 0, 1 }));
        Assert.Equal("000000000000", parts[0].Text);
        Assert.Equal(-5L, parts[1].Int64);
        Assert.Equal(7UL, parts[2].UInt64);
        Assert.Equal([0, 1], parts[3].Bytes.ToArray());
    }
}
