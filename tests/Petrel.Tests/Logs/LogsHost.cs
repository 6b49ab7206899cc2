using Microsoft.Extensions.DependencyInjection;
using Petrel.Aws.Logs;
using Petrel.Functions;
using Petrel.Server.Edge;
using Petrel.Server.Services.Logs;
using Petrel.Server.Services.Logs.Store;
using Petrel.Server.Settings;
using Petrel.Storage;
using Petrel.Storage.Memory;
using Petrel.Testing;
using Petrel.Wire;

namespace Petrel.Tests.Logs;

/// <summary>CloudWatch Logs in process, with its files in a folder of its own.</summary>
internal sealed class LogsHost : IAsyncDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("petrel-logs-").FullName;
    private ServiceProvider _services;

    public LogsHost() => _services = Build();

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 1, 31, 10, 20, 30, TimeSpan.Zero));

    public MemoryStore Store { get; } = new();

    public ILogs Logs => Get<ILogs>();

    public string LogsFolder => Path.Combine(_data, "logs");

    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public CallContext Call { get; } = new()
    {
        Account = "111122223333",
        Region = "eu-west-1",
        Caller = Principal.Root("111122223333"),
        RequestId = "request",
        Endpoint = new Uri("http://localhost:4566"),
    };

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A new process over the same data, the old one having been killed.</summary>
    public void Restart() => _services = Build();

    public async Task CreateAsync(string group, params string[] streams)
    {
        await Logs.CreateLogGroup(new CreateLogGroupRequest(group), Call);
        foreach (var stream in streams)
        {
            await Logs.CreateLogStream(new CreateLogStreamRequest(group, stream), Call);
        }
    }

    public Task<PutLogEventsResult> PutAsync(string group, string stream, params (long Offset, string Message)[] events) => Logs.PutLogEvents(
        new PutLogEventsRequest(group, stream, [.. events.Select(e => new InputLogEvent(Now + e.Offset, e.Message))]), Call);

    public async Task<List<string>> FilterAsync(FilterLogEventsRequest request) =>
        [.. (await Logs.FilterLogEvents(request, Call)).Events.Select(e => e.Message)];

    public IInstanceLog OpenFunction(string name, string stream) => Get<IFunctionLogs>().Open(
        new FunctionSpec
        {
            PoolKey = name,
            Account = Call.Account,
            Region = Call.Region,
            Name = name,
            FunctionArn = Call.Arn("lambda", $"function:{name}"),
            Version = "$LATEST",
            Runtime = "python3.12",
            Handler = "app.handler",
            CodeDirectory = "/none",
            LogGroup = $"/aws/lambda/{name}",
        },
        stream);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private ServiceProvider Build() => new ServiceCollection()
        .AddLogging()
        .AddSingleton(new PetrelOptions { Storage = new StorageOptions { Engine = "memory", Data = _data }, Logs = new LogOptions { MaxGroupMb = 4, SegmentMb = 1 } })
        .AddSingleton<TimeProvider>(Clock)
        .AddSingleton<IIdSource, SystemIdSource>()
        .AddSingleton<IStore>(Store)
        .AddSingleton<IAuthorizer, AllowAll>()
        .AddLogs()
        .BuildServiceProvider();

    private sealed class AllowAll : IAuthorizer
    {
        public ValueTask AuthorizeAsync(AccessCheck check, CallContext call) => ValueTask.CompletedTask;
    }
}
