using Petrel.Tests.Storage;

namespace Petrel.Tests.Metering;

/// <summary>Two daemons that share a PostgreSQL: both count, and both obey a budget.</summary>
[Collection(PostgresCollection.Name)]
public sealed class SharedUsageTests(PostgresServer server)
{
    [Fact]
    public async Task Usage_OfTwoDaemonsOnPostgres_IsTheirSum()
    {
        await using var oneStore = await server.OpenAsync();
        await using var otherStore = await server.OpenAsync();
        var (one, other) = (new MeteringRig(store: oneStore), new MeteringRig(store: otherStore));
        var before = (await one.StoredAsync()).Sum(r => r.Sums.Invocations);
        await Task.WhenAll(CountAsync(one), CountAsync(other));
        Assert.Equal(before + 400, (await one.StoredAsync()).Sum(r => r.Sums.Invocations));

        await one.SetBudgetAsync(before + 400);
        Assert.NotNull(one.Check("f"));
        Assert.Null(other.Check("f"));
        await other.Budgets.ReloadAsync();
        Assert.NotNull(other.Check("f"));
        await other.Budgets.RemoveAsync([.. other.Meter.Budgets.All.Select(b => b.Budget.Id)]);
    }

    private static async Task CountAsync(MeteringRig rig)
    {
        for (var i = 0; i < 20; i++)
        {
            rig.Invoke("f", 10);
            await rig.Ledger.FlushAsync();
        }
    }
}
