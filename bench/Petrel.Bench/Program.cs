using Petrel.Bench;
using Petrel.Bench.Load;
using Petrel.Bench.Rows;

// ./petrel bench [NAME…] [--seconds N]: measures the scenarios named (by default all but the long ones) and prints one table.
if (args is [BareKestrel.Command])
{
    await BareKestrel.ServeAsync();
    return 0;
}

IScenario[] scenarios =
[
    new StartScenario(), new InvokeScenario(), new StoreScenario(),
    new ColdScenario(), new MixedColdScenario(), new ImportScenario(), new SustainedScenario(), new WarmScenario(), new BurstScenario(), new MemoryScenario(), new KeepAliveScenario(),
    new HostileScenario(), new TablesScenario(), new BigTableScenario(), new ObjectsScenario(),
];
return await BenchCommand.RunAsync(scenarios, args);
