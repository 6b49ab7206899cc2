using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Server.Edge;
using Petrel.Server.Services.Lambda.EventSources;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Testing;
using Petrel.Tests.Lambda.Invocation;
using Petrel.Wire;

namespace Petrel.Tests.Lambda.EventSources;

/// <summary>The pollers of mappings over a store, a stream and a scripted engine. Functions and mappings are put into the store.</summary>
internal sealed class MappingWorld
{
    public const string Function = "f";

    private static readonly MappingSettings Defaults = new(100, 0, 1, [], -1, -1, Bisects: false, 0, ReportsItemFailures: false);

    /// <param name="before">A daemon that ran on the same store before.</param>
    /// <param name="wrap">What stands between the pollers and the store.</param>
    public MappingWorld(MappingWorld? before = null, Func<IStore, IStore>? wrap = null, int shards = 1)
    {
        Lambda = new InvocationFixture(before?.Lambda);
        var store = wrap?.Invoke(Lambda.Store) ?? Lambda.Store;
        Stream = new FakeStream(store, Lambda.Clock, shards);
        var parts = new MappingParts(
            new MappingLedger(store, Lambda.Clock, NullLogger<MappingLedger>.Instance),
            new MappingInvoker(Lambda.Resolver, Lambda.Engine, Lambda.Ids, Lambda.Clock),
            new MappingLog(NullLogger<MappingLog>.Instance),
            Lambda.Ids,
            Lambda.Clock);
        Pollers = new MappingPollers(new MappingSources([Stream]), parts, new SourceGuard(Lambda.Store, new RoleRights(Access)));
        Lambda.Engine.Script(Function, (_, invocation, _) => Task.FromResult(Answer(invocation)));
    }

    public InvocationFixture Lambda { get; }

    public FakeStream Stream { get; }

    public MappingPollers Pollers { get; }

    public RoleAccess Access { get; } = new();

    /// <summary>What the function was sent, in the order of the invocations.</summary>
    public ConcurrentQueue<JsonElement> Events { get; } = new();

    /// <summary>What the function answers to an event; null for a success.</summary>
    public Func<JsonElement, FunctionAnswer?> Reply { get; set; } = _ => null;

    /// <summary>The numbers of all records that the function was sent.</summary>
    public int[] Sent => [.. Events.SelectMany(Numbers)];

    public static int[] Numbers(JsonElement sent) => [.. sent.GetProperty("Records").EnumerateArray().Select(record => record.GetProperty("n").GetInt32())];

    /// <summary>Stores a function and a mapping, and starts it.</summary>
    public async Task<MappingRecord> StartAsync(Func<MappingSettings, MappingSettings>? change = null, string position = "TRIM_HORIZON")
    {
        await Lambda.AddFunctionAsync(Function);
        var mapping = new MappingRecord
        {
            Id = Lambda.Ids.NextId(),
            Uuid = Lambda.Ids.NextGuid().ToString(),
            Function = new FunctionKey(InvocationFixture.Account, InvocationFixture.Region, Function),
            SourceArn = FakeStream.Arn,
            StartingPosition = position,
            Settings = change?.Invoke(Defaults) ?? Defaults,
            Enabled = true,
            State = MappingStates.Creating,
            Reason = "User action",
            LastModified = Lambda.Clock.GetUtcNow(),
            Version = Lambda.Ids.NextId(),
        };
        await PutAsync(mapping);
        return mapping;
    }

    public async Task<MappingRecord> ChangeAsync(MappingRecord mapping, Func<MappingRecord, MappingRecord> change)
    {
        var changed = change((await FindAsync(mapping))!) with { Version = Lambda.Ids.NextId() };
        await PutAsync(changed);
        return changed;
    }

    public ValueTask<MappingRecord?> FindAsync(MappingRecord mapping) => Lambda.Store.ReadAsync(tx => MappingStore.GetAsync(tx, mapping.Key));

    public ValueTask<List<MappingFailure>> FailuresAsync(MappingRecord mapping) =>
        Lambda.Store.ReadAsync(tx => FailureStore.ListAsync(tx, mapping.Id, null, 100));

    public Task UntilStateAsync(MappingRecord mapping, string state) => UntilAsync(async () => (await FindAsync(mapping))?.State == state);

    /// <summary>Waits for what needs no time to pass.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        var holds = false;
        for (var look = 0; !holds; look++)
        {
            Assert.True(look < 20_000, $"Never became true: {expression}");
            holds = await condition();
            if (!holds)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }
        }
    }

    private async Task PutAsync(MappingRecord mapping)
    {
        await Lambda.Store.WriteAsync(async tx =>
        {
            MappingStore.Put(tx, await MappingStore.GetAsync(tx, mapping.Key), mapping);
            return true;
        });
        Pollers.Ensure(mapping.Key);
    }

    private FunctionAnswer Answer(Functions.Invocation invocation)
    {
        var sent = JsonDocument.Parse(invocation.Payload).RootElement;
        Events.Enqueue(sent);
        return Reply(sent) ?? FunctionAnswer.Of("null");
    }

    /// <summary>What the function's role may do.</summary>
    internal sealed class RoleAccess : IAuthorizer
    {
        public bool Allows { get; set; } = true;

        public ValueTask AuthorizeAsync(AccessCheck check, CallContext call) =>
            Allows ? default : ValueTask.FromException(CommonException.AccessDenied("no"));
    }
}
