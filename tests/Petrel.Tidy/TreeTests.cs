namespace Petrel.Tidy;

public sealed class TreeTests
{
    [Fact]
    public void Readme_Exists() => Assert.True(true);
}
