using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Api;
using Petrel.Server.Services.Lambda.Packages;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Storage;
using Petrel.Storage.Faults;
using Petrel.Storage.Memory;

namespace Petrel.Tests.Lambda.Control;

/// <summary>The store fails at one call, for every call of a function's life; then the daemon starts again on what is durable.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData(FaultKind.BeforeIt)]
    [InlineData(FaultKind.AfterIt)]
    public async Task FunctionLife_StoreFailsAtAnyCall_LeavesNothingHalfDone(FaultKind kind)
    {
        for (var call = 1; ; call++)
        {
            var store = new MemoryStore();
            var plan = FaultPlan.Fail(call, kind);
            var faulty = new ServiceCollection().AddSingleton<IStore>(new FaultInjectingStore(store, plan));
            await using var plane = new ControlPlane(store: store, more: faulty);
            var acknowledged = await LiveAsync(plane);
            if (acknowledged.Finished && plan.Calls < call)
            {
                Assert.True(call > 20, $"{call} calls");
                return;
            }

            await RecoverAsync(store, plane.Folder, acknowledged);
        }
    }

    [Fact]
    public async Task FunctionLife_SignalsAreLost_IsTheSame()
    {
        var store = new MemoryStore();
        var deaf = new ServiceCollection().AddSingleton<IStore>(new FaultInjectingStore(store, FaultPlan.SignalsLost));
        await using var plane = new ControlPlane(store: store, more: deaf);
        var acknowledged = await LiveAsync(plane);
        Assert.True(acknowledged.Finished);
        await RecoverAsync(store, plane.Folder, acknowledged);
    }

    /// <summary>Does what a deployment does, up to the first failure.</summary>
    private static async Task<Acknowledged> LiveAsync(ControlPlane plane)
    {
        var done = new Acknowledged();
        try
        {
            await plane.CreateAsync("f", r => r with { Publish = true });
            done.Function = true;
            await plane.SettledAsync("f", "1");
            await plane.Lambda.CreateAlias(new("f", "live", "1"), ControlPlane.Call());
            done.Alias = true;
            await plane.Lambda.CreateFunctionUrlConfig(new("f", "NONE", "live"), ControlPlane.Call());
            done.Url = true;
            await plane.Lambda.PutFunctionConcurrency(new("f", 3), ControlPlane.Call());
            await plane.Lambda.UpdateFunctionCode(new("f", Packages.Code("v2"), Publish: true), ControlPlane.Call());
            await plane.SettledAsync("f");
            done.Finished = true;
        }
        catch (StoreException)
        {
            // The daemon that met it answers 5xx; the next start sees what is durable.
        }

        return done;
    }

    private static async Task RecoverAsync(MemoryStore store, string folder, Acknowledged acknowledged)
    {
        await using var next = new ControlPlane(store: store, folder: folder);
        await next.Get<Preparer>().StartAsync(default);
        var functions = (await next.Lambda.ListFunctions(new(), ControlPlane.Call())).Functions;
        Assert.True(functions.Count == 1 || !acknowledged.Function);
        if (functions.Count == 1)
        {
            Assert.Equal(("Active", "Successful"), await StateAsync(next, null));
            foreach (var version in (await next.Lambda.ListVersionsByFunction(new("f"), ControlPlane.Call())).Versions)
            {
                Assert.Equal(("Active", "Successful"), await StateAsync(next, version.Version));
                var spec = (await next.Get<FunctionResolver>().ResolveAsync("f", version.Version, ControlPlane.Call())).Target.Spec;
                Assert.True(File.Exists(Path.Combine(spec.CodeDirectory, "handler.py")));
            }

            if (acknowledged.Alias)
            {
                await next.Lambda.GetAlias(new("f", "live"), ControlPlane.Call());
            }

            if (acknowledged.Url)
            {
                await next.Lambda.GetFunctionUrlConfig(new("f", "live"), ControlPlane.Call());
            }

            await next.Lambda.DeleteFunction(new("f"), ControlPlane.Call());
        }

        await next.Get<FunctionRemoval>().RemoveLeftAsync(default);
        next.Clock.Advance(PackageCollector.Grace);
        await next.Get<PackageCollector>().CollectAsync(default);
        var all = new KeyRange(new Key(Array.Empty<byte>()), new Key(new byte[] { 0xFF }));
        var left = await store.ReadAsync(tx => tx.ScanAsync(all, 1_000));
        Assert.True(left.Count == 0, string.Join('\n', left.Select(pair => System.Text.Encoding.UTF8.GetString(pair.Key.Span))));
        Assert.Equal(new AccountUsage(0, 0), (await next.Lambda.GetAccountSettings(new(), ControlPlane.Call())).AccountUsage);
    }

    private static async Task<(string?, string?)> StateAsync(ControlPlane plane, string? qualifier)
    {
        var configuration = await plane.SettledAsync("f", qualifier);
        return (configuration.State, configuration.LastUpdateStatus);
    }

    private sealed class Acknowledged
    {
        public bool Function { get; set; }

        public bool Alias { get; set; }

        public bool Url { get; set; }

        public bool Finished { get; set; }
    }
}
