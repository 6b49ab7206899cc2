using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Functions;
using Petrel.Server.Metering.Api;
using Petrel.Server.Metering.Model;
using Petrel.Server.Metering.Store;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Testing;

namespace Petrel.Tests.Metering;

/// <summary>Metering over a store, without a daemon around it; time is the test's.</summary>
internal sealed class MeteringRig
{
    public const string Account = "111111111111";
    public const string Region = "us-east-1";

    private static readonly ReadOnlyMemory<byte> Event = Encoding.UTF8.GetBytes("""{"n":1}""");

    /// <param name="before">A daemon that ran on the same store before.</param>
    public MeteringRig(MeteringRig? before = null, IStore? store = null, ILogger<BudgetKeeper>? log = null)
    {
        Store = store ?? before?.Store ?? new MemoryStore();
        Clock = before?.Clock ?? new ManualClock();
        Meter = new UsageMeter(Clock);
        Ledger = new UsageLedger(Store, Meter, new SystemIdSource(), Clock);
        Budgets = new BudgetKeeper(Store, Ledger, Meter, Prices, Clock, log ?? NullLogger<BudgetKeeper>.Instance);
    }

    public static PriceTable Prices { get; } = PriceFile.Load(null);

    public IStore Store { get; }

    public ManualClock Clock { get; }

    public UsageMeter Meter { get; }

    public UsageLedger Ledger { get; }

    public BudgetKeeper Budgets { get; }

    public static FunctionSpec Spec(string name, int memoryMb = 1024, string architecture = "x86_64", int storageMb = 512) => new()
    {
        PoolKey = name,
        Account = Account,
        Region = Region,
        Name = name,
        FunctionArn = $"arn:aws:lambda:{Region}:{Account}:function:{name}",
        Version = "$LATEST",
        Runtime = "python3.12",
        Handler = "app.handler",
        CodeDirectory = "/code",
        LogGroup = "/aws/lambda/" + name,
        MemoryMb = memoryMb,
        EphemeralStorageMb = storageMb,
        Architecture = architecture,
    };

    public static Invocation Call() => new() { RequestId = "r", Payload = Event, InvokedFunctionArn = "arn" };

    public static InvocationResult Result(FunctionSpec spec, int ms = 1000, string? error = null, bool timedOut = false, bool provisioned = false) => new()
    {
        Payload = Event,
        FunctionError = error,
        ExecutedVersion = spec.Version,
        Report = new InvocationReport(TimeSpan.FromMilliseconds(ms), TimeSpan.FromMilliseconds(ms), null, spec.MemoryMb, 40, "stream")
        {
            TimedOut = timedOut,
            Provisioned = provisioned,
            CpuTime = TimeSpan.FromMilliseconds(2),
        },
    };

    public void Invoke(FunctionSpec spec, int ms = 1000, string? error = null, bool timedOut = false, bool provisioned = false) =>
        Meter.Invoked(spec, Call(), Result(spec, ms, error, timedOut, provisioned));

    /// <summary>A second in the memory of a GB.</summary>
    public void Invoke(string name, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            Invoke(Spec(name));
        }
    }

    /// <summary>All that is in the store.</summary>
    public async Task<List<UsageRow>> StoredAsync()
    {
        var rows = new List<UsageRow>();
        await foreach (var row in Ledger.ReadAsync(Account, new UsageHour(0), new UsageHour(10_000_000), CancellationToken.None))
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Whether a restart knows of every budget that it has warned; the memory store answers at once.</summary>
    public bool WarningsAreStored => Meter.Budgets.All.All(b =>
        Store.ReadAsync(tx => BudgetStore.GetWarnedAsync(tx, b.Budget.Id)).AsTask() is { IsCompletedSuccessfully: true } read && read.Result is not null);

    public BudgetRefusal? Check(string name) => Meter.Check(Account, Region, name);

    public Task SetBudgetAsync(
        decimal limit, string? function = "f", BudgetUnit unit = BudgetUnit.Invocations, BudgetPeriod period = BudgetPeriod.Day, int warn = 80) =>
        Budgets.SetAsync(new Budget(Account, function is null ? null : Region, function, unit, period, limit, warn));
}
