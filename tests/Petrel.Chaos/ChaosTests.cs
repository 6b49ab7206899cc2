using System.Collections.Concurrent;
using Petrel.Client;
using Petrel.Server.Settings;
using Petrel.Testing;

namespace Petrel.Chaos;

/// <summary>
/// Mixed load on a daemon of its own: functions of several runtimes that answer, fail, crash, hang and take too much, while they are updated,
/// limited, deleted and made again, and the daemon is killed in the middle. Watched for answers that are not what they must be, and for what
/// is left afterwards.
/// </summary>
public sealed class ChaosTests : IDisposable
{
    /// <summary>Beyond the beginning's: connections that are kept, files of the log and of the store that come and go.</summary>
    private const int SlackDescriptors = 150, SlackFiles = 40, SlackMounts = 80;

    /// <summary>The kernel takes a namespace with its interface away when it has time.</summary>
    private const int SlackInterfaces = 5;

    /// <summary>Sandboxes that wait for functions: prepared enclosures, started runtimes, fork servers.</summary>
    private const int SlackWaiting = 40;

    private readonly string _data = Directory.CreateTempSubdirectory("petrel-chaos-").FullName;
    private readonly Plan _plan = Plan.FromEnvironment();
    private readonly ConcurrentQueue<string> _wrong = new();
    private int _invocations;
    private int _lastNumber;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Load_MixedWithCrashesUpdatesAndKills_AnswersRightlyAndLeavesNothing()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "without root there is nothing on the machine to be left");
        var targets = Enumerable.Range(0, _plan.Functions).Select(i => new Target($"chaos-{i}", Role.All[i % Role.All.Length])).ToArray();
        var slots = new HashSet<int>();
        var daemon = await DaemonProcess.StartAsync(_data);
        try
        {
            await ForEachAsync(targets, daemon, (t, lambda) => t.CreateAsync(lambda, NextNumber(), default));
            await targets[0].InvokeAsync(Lambda(daemon), default);
            var before = Footprint.Of(daemon.ProcessId, _data);
            for (var kill = 0; kill <= _plan.Kills; kill++)
            {
                var last = kill == _plan.Kills;
                await LoadAsync(daemon, targets, last ? null : daemon.KillAsync);
                if (!last)
                {
                    await daemon.DisposeAsync();
                    daemon = await DaemonProcess.StartAsync(_data, daemon.Endpoint.Port);
                    await ForEachAsync(targets, daemon, (t, lambda) => t.RecoverAsync(lambda, NextNumber(), default));
                }

                slots.UnionWith(Footprint.Of(daemon.ProcessId, _data).Slot is { } slot ? [slot] : []);
            }

            Assert.Empty(_wrong.Take(20));
            await ForEachAsync(targets, daemon, (t, lambda) => t.DeleteAsync(lambda, default));
            await SettleAsync(before, daemon);
            await daemon.StopAsync();
        }
        finally
        {
            await daemon.DisposeAsync();
        }

        Assert.True(_invocations > _plan.Functions, $"only {_invocations} invocations");
        await Eventually.IsTrueAsync(() => slots.All(s => Footprint.LeftOvers(s).Count == 0));
    }

    /// <summary>What ends takes a moment.</summary>
    private async Task SettleAsync(Footprint before, DaemonProcess daemon)
    {
        var now = Footprint.Of(daemon.ProcessId, _data);
        for (var attempt = 0; attempt < 120 && NoMoreThan(before, now) is not null; attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
            now = Footprint.Of(daemon.ProcessId, _data);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{_invocations} invocations\n{before}\n{now}");
        Assert.True(NoMoreThan(before, now) is null, $"More {NoMoreThan(before, now)} than at the beginning: {now}, then {before}");
    }

    /// <summary>What there is more of than at the beginning; null when nothing.</summary>
    private static string? NoMoreThan(Footprint before, Footprint now) =>
        now.Sandboxes > SlackWaiting || now.Groups > SlackWaiting ? "sandboxes"
        : now.Interfaces > now.Groups + SlackInterfaces ? "interfaces"
        : now.Processes > now.Sandboxes * 4 + SlackWaiting ? "processes"
        : now.Descriptors > before.Descriptors + SlackDescriptors + (SlackWaiting * 12) ? "descriptors"
        : now.Mounts > before.Mounts + SlackMounts ? "mounts"
        : now.Files > before.Files + SlackFiles ? "files"
        : null;

    /// <summary>Everybody at once for a while; what happens in the middle is part of it.</summary>
    private async Task LoadAsync(DaemonProcess daemon, Target[] targets, Func<Task>? middle)
    {
        var share = _plan.Load / (_plan.Kills + 1);
        using var over = new CancellationTokenSource(share);
        var killed = false;
        var workers = Enumerable.Range(0, _plan.Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random(_plan.Seed + worker);
            using var api = Api(daemon);
            while (!over.IsCancellationRequested && !Volatile.Read(ref killed))
            {
                try
                {
                    await StepAsync(targets[random.Next(targets.Length)], api, random);
                }
                catch (Exception e) when (Volatile.Read(ref killed) && e is not Xunit.Sdk.XunitException)
                {
                    return; // whatever the end of the daemon looks like from here
                }
                catch (ApiException e)
                {
                    _wrong.Enqueue($"change: {e.Describe()}");
                }
            }
        })).ToArray();
        if (middle is not null)
        {
            await Task.Delay(share, TimeProvider.System);
            Volatile.Write(ref killed, true);
            await middle();
        }

        // Without anything in the middle the whole load is still to come.
        await Task.WhenAll(workers).WaitAsync((middle is null ? share : TimeSpan.Zero) + TimeSpan.FromMinutes(2));
    }

    private async Task StepAsync(Target target, ApiClient api, Random random)
    {
        var lambda = new LambdaClient(api, TimeProvider.System);
        switch (random.Next(100))
        {
            case < 80:
                await BurstAsync(target, lambda, random.Next(10) == 0 ? 20 : 1);
                break;
            case < 88:
                await target.UpdateAsync(lambda, NextNumber(), default);
                break;
            case < 92:
                await target.ReserveAsync(api, random.Next(1, 8), default);
                break;
            case < 96:
                await target.DeleteAsync(lambda, default);
                break;
            default:
                await target.CreateAsync(lambda, NextNumber(), default);
                break;
        }
    }

    private async Task BurstAsync(Target target, LambdaClient lambda, int count)
    {
        foreach (var wrong in await Task.WhenAll(Enumerable.Range(0, count).Select(_ => target.InvokeAsync(lambda, default))))
        {
            Interlocked.Increment(ref _invocations);
            if (wrong is not null)
            {
                _wrong.Enqueue(wrong);
            }
        }
    }

    private static async Task ForEachAsync(Target[] targets, DaemonProcess daemon, Func<Target, LambdaClient, Task> action)
    {
        using var api = Api(daemon);
        var lambda = new LambdaClient(api, TimeProvider.System);
        await Parallel.ForEachAsync(targets, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (target, _) => await action(target, lambda));
    }

    private int NextNumber() => Interlocked.Increment(ref _lastNumber);

    private static ApiClient Api(DaemonProcess daemon) =>
        new(new Connection(daemon.Endpoint, Connection.DefaultRegion, new Credentials("test", "test"), new PetrelOptions()), TimeProvider.System);

    private static LambdaClient Lambda(DaemonProcess daemon) => new(Api(daemon), TimeProvider.System);
}
