using Petrel.Server.Services.Lambda.Images;

namespace Petrel.Tests.Lambda.Images;

public sealed class ImageReferenceTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("localhost:5000/app:v1", "localhost:5000", "app", "v1", null)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app_x:1.2-b", "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "team/app_x", "1.2-b", null)]
    [InlineData("r.example/app@" + Digest, "r.example", "app", null, Digest)]
    [InlineData("r.example/app:v1@" + Digest, "r.example", "app", "v1", Digest)]
    public void TryParse_OfAnImageInARegistry_FindsItsParts(string uri, string registry, string name, string? tag, string? digest)
    {
        Assert.True(ImageReference.TryParse(uri, out var reference));
        Assert.Equal(new ImageReference("docker", registry, name, tag, digest), reference);
        Assert.Equal(uri, reference.ToString());
    }

    [Theory]
    [InlineData("oci-archive:app.tar", "oci-archive", "app.tar")]
    [InlineData("docker-archive:app-1.tar", "docker-archive", "app-1.tar")]
    public void TryParse_OfAnArchive_FindsItsFile(string uri, string transport, string file)
    {
        Assert.True(ImageReference.TryParse(uri, out var reference));
        Assert.Equal((transport, file, true), (reference.Transport, reference.Name, reference.IsArchive));
    }

    [Theory]
    [InlineData("")]
    [InlineData("app:v1")]
    [InlineData("r.example/app")]
    [InlineData("r.example/App:v1")]
    [InlineData("--help/app:v1")]
    [InlineData("r.example/app:v1\n")]
    [InlineData("r.example/app@sha256:12")]
    [InlineData("r.example/../app:v1")]
    [InlineData("docker://r.example/app:v1")]
    [InlineData("dir:/etc")]
    [InlineData("oci-archive:/etc/passwd")]
    [InlineData("oci-archive:../app.tar")]
    [InlineData("oci-archive:.hidden")]
    public void TryParse_OfSomethingElse_IsRefused(string uri) => Assert.False(ImageReference.TryParse(uri, out _));
}
