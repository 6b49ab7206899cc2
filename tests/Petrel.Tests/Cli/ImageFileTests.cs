using Petrel.Packaging;

namespace Petrel.Tests.Cli;

public sealed class ImageFileTests
{
    [Theory]
    [InlineData("localhost:5000/team/hello:v1", "hello")]
    [InlineData("r.example/hello@sha256:0123", "hello")]
    [InlineData("out/hello.tar", "hello")]
    [InlineData("/abs/my.hello.tar", "my.hello")]
    [InlineData("oci-archive:hello.tar", "hello")]
    [InlineData("docker-archive:hello", "hello")]
    public void NameOf_OfAnImage_IsItsOwnName(string image, string name) => Assert.Equal(name, ImageFile.NameOf(image));
}
