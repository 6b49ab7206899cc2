using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Petrel.Aws.Lambda;
using Petrel.Server.Edge;
using Petrel.Server.Security;
using Petrel.Server.Services.Lambda.Async;
using Petrel.Server.Services.Lambda.Invocation;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Resolution;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Testing;
using Petrel.Wire;

namespace Petrel.Tests.Lambda.Invocation;

/// <summary>The invocation side over the memory store and a scripted engine; functions are put into the store as the control plane does.</summary>
internal sealed class InvocationFixture
{
    public const string Account = "111111111111";
    public const string Region = "eu-west-1";

    /// <param name="before">A daemon that ran on the same store before.</param>
    public InvocationFixture(InvocationFixture? before = null)
    {
        Store = before?.Store ?? new MemoryStore();
        Clock = before?.Clock ?? new ManualClock();
        Cache = new FunctionCache(Store);
        Resolver = new FunctionResolver(Store, Cache, new AccountLimits(Store, Options), new SpecFactory(new Library(), new EnvironmentSeal(new SecretBox(new byte[SecretBox.KeyBytes], Ids)), Options), Ids, Clock);
        Queues = new AsyncQueues(Store, new WorkQueue(Store, Clock, Ids));
        var destinations = new AsyncDestinations(Cache, new RoleRights(new AllowAll(this)), Clock, NullLogger<AsyncDestinations>.Instance);
        var runner = new AsyncRunner(Queues, Resolver, Engine, destinations, Clock, NullLogger<AsyncRunner>.Instance);
        Pollers = new AsyncPollers(Queues, runner, Clock, NullLogger<AsyncPollers>.Instance);
        Api = new InvocationApi(Resolver, Engine, new AsyncInvocations(Queues, Pollers, Options, Ids, Clock), Ids, Clock);
    }

    public MemoryStore Store { get; }

    public ManualClock Clock { get; }

    public ScriptedEngine Engine { get; } = new();

    public AsyncQueues Queues { get; }

    /// <summary>They run from the first event on, or once they are started.</summary>
    public AsyncPollers Pollers { get; }

    /// <summary>What the roles of functions may do.</summary>
    public bool RolesAllow { get; set; } = true;

    public IIdSource Ids { get; } = new SystemIdSource();

    public PetrelOptions Options { get; } = new() { Functions = new FunctionOptions { AsyncQueueLength = 400 } };

    public FunctionCache Cache { get; }

    public FunctionResolver Resolver { get; }

    public InvocationApi Api { get; }

    public static CallContext Call(CancellationToken aborted = default) => new()
    {
        Account = Account,
        Region = Region,
        Caller = Principal.Root(Account),
        RequestId = Guid.CreateVersion7().ToString(),
        Endpoint = new Uri("http://localhost:4566"),
        Aborted = aborted,
    };

    /// <summary>Stores an active function, with its versions and aliases.</summary>
    public async Task<FunctionRecord> AddFunctionAsync(
        string name,
        Func<FunctionRecord, FunctionRecord>? change = null,
        int versions = 0,
        params AliasRecord[] aliases)
    {
        var function = new FunctionRecord { Id = Ids.NextId(), Key = new FunctionKey(Account, Region, name), Latest = Version("$LATEST"), LastVersion = versions };
        function = change?.Invoke(function) ?? function;
        await WriteAsync(tx =>
        {
            FunctionStore.Put(tx, function);
            for (var number = 1; number <= versions; number++)
            {
                VersionStore.Put(tx, function, Version(number.ToString()));
            }

            foreach (var alias in aliases)
            {
                AliasStore.Aliases.Put(tx, function, alias.Name, alias);
            }
        });
        return function;
    }

    /// <summary>Moves the clock on, a second at a time, until the condition holds.</summary>
    public async Task AdvanceUntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        for (var step = 0; !condition(); step++)
        {
            Assert.True(step < 20_000, $"Never became true: {expression}");
            Clock.Advance(TimeSpan.FromSeconds(1));
            await SettleAsync();
        }
    }

    /// <summary>What timers woke runs on other threads: the clock stands still while there is something left to run.</summary>
    private async Task SettleAsync()
    {
        // Other tests keep the threads busy too, so that there is an end to this waiting.
        var (calm, timers) = (0, -1);
        for (var look = 0; look < 10 && calm < 2; look++, timers = Clock.WaitingTimers)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            calm = timers == Clock.WaitingTimers && ThreadPool.PendingWorkItemCount == 0 ? calm + 1 : 0;
        }
    }

    public Task WriteAsync(Action<IWriteTransaction> write) => Store.WriteAsync(tx =>
    {
        write(tx);
        return new ValueTask<bool>(true);
    }).AsTask();

    public Task<InvokeResult> InvokeAsync(string name, string payload = "{}", Func<InvokeRequest, InvokeRequest>? change = null)
    {
        var request = new InvokeRequest(name, Payload: Encoding.UTF8.GetBytes(payload));
        return Api.InvokeAsync(change?.Invoke(request) ?? request, Call());
    }

    public VersionRecord Version(string version, string state = FunctionStates.Active) => new()
    {
        Version = version,
        ConfigId = Ids.NextId(),
        Runtime = "python3.12",
        Handler = "app.handler",
        Role = $"arn:aws:iam::{Account}:role/r",
        TimeoutSeconds = 3,
        MemoryMb = 128,
        EphemeralStorageMb = 512,
        TracingMode = "PassThrough",
        Logging = new LoggingRecord("Text", "/aws/lambda/f"),
        Architecture = "x86_64",
        Code = new CodeRecord("sha", 1, 1),
        LastModified = Clock.GetUtcNow(),
        RevisionId = "r",
        State = new StateRecord(state),
    };

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private sealed class AllowAll(InvocationFixture fixture) : IAuthorizer
    {
        public ValueTask AuthorizeAsync(AccessCheck check, CallContext call) =>
            fixture.RolesAllow ? default : ValueTask.FromException(CommonException.AccessDenied("no"));
    }

    private sealed class Library : ICodeLibrary
    {
        public ValueTask<string> GetFolderAsync(CodeRecord code, CancellationToken cancellationToken) => new("/code/" + code.Sha256);
    }
}
