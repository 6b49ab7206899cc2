using Petrel.Functions.Sandboxes.Launch;

namespace Petrel.Functions.Tests.Hostile;

/// <summary>Images whose files are made to lead a sandbox's start astray.</summary>
public sealed class ImageTests
{
    [Theory]
    [InlineData("usr/bin", false)]
    [InlineData("/usr/lib", false)]
    [InlineData("/oldroot/tmp", true)]
    [InlineData("oldroot", true)]
    [InlineData("usr/../../oldroot/tmp", true)]
    [InlineData("elsewhere", true)]
    [InlineData("/", true)]
    public void Arguments_LinkAtTheTop_IsMadeIfItStaysInTheImage(string target, bool leadsOut)
    {
        var root = Directory.CreateTempSubdirectory("petrel-image-");
        try
        {
            root.CreateSubdirectory("usr");
            root.CreateSubdirectory("etc");
            File.CreateSymbolicLink(Path.Combine(root.FullName, "elsewhere"), "/tmp");
            File.CreateSymbolicLink(Path.Combine(root.FullName, "link"), target);
            var arguments = ImageRoot.Arguments(root.FullName, root.FullName, "/etc").ToList();
            Assert.Equal(!leadsOut, arguments.Contains("/link"));
            Assert.DoesNotContain("/elsewhere", arguments);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}
