using Petrel.Aws.Lambda;
using Petrel.Tests.Storage;

namespace Petrel.Tests.Lambda.Control;

/// <summary>A function's life on PostgreSQL: it and a second daemon on the same database see the same.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresPlaneTests(PostgresServer server)
{
    [Fact]
    public async Task FunctionLife_OnPostgres_IsSeenByTheNextDaemon()
    {
        await using var store = await server.OpenAsync();
        await using var plane = new ControlPlane(store: store);
        await plane.CreateAsync("f");
        Assert.Equal("Active", (await plane.SettledAsync("f")).State);
        var updated = await plane.Lambda.UpdateFunctionCode(new("f", Packages.Code("v2")), ControlPlane.Call());
        Assert.Equal("Successful", (await plane.SettledAsync("f")).LastUpdateStatus);
        Assert.Equal("1", (await plane.Lambda.PublishVersion(new("f"), ControlPlane.Call())).Version);
        await plane.SettledAsync("f", "1");

        await using var otherStore = await server.OpenAsync();
        await using var other = new ControlPlane(store: otherStore, folder: plane.Folder);
        Assert.Equal("f", Assert.Single((await other.Lambda.ListFunctions(new(), ControlPlane.Call())).Functions).FunctionName);
        var versions = (await other.Lambda.ListVersionsByFunction(new("f"), ControlPlane.Call())).Versions;
        Assert.Equal([("$LATEST", updated.CodeSha256), ("1", updated.CodeSha256)], versions.Select(v => (v.Version, v.CodeSha256)));

        await other.Lambda.DeleteFunction(new("f"), ControlPlane.Call());
        Assert.Empty((await plane.Lambda.ListFunctions(new(), ControlPlane.Call())).Functions);
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => plane.Lambda.GetFunction(new("f"), ControlPlane.Call()));
    }
}
