using CsCheck;
using Petrel.Server.Services.Lambda.EventSources.Model;
using Petrel.Server.Services.Lambda.Model;

namespace Petrel.Tests.Lambda.EventSources;

public sealed class ShardProgressTests
{
    [Fact]
    public void ToCheckpoint_OneLaneBehind_KeepsWhatTheOthersDid()
    {
        var progress = ShardProgress.From(new ShardCheckpoint([0]), 2);
        var (a, b) = (KeyOf(progress, 0), KeyOf(progress, 1));
        progress.Opened(0, 1);
        progress.Opened(1, 2);
        progress.ReadThrough(2);
        progress.Closed(1, 2);
        var next = ShardProgress.From(progress.ToCheckpoint(), 2);
        Assert.Equal(0UL, next.Low);
        Assert.False(next.IsDone(1, a));
        Assert.True(next.IsDone(2, b));
    }

    [Fact]
    public void ReadThrough_NothingOpen_IsAllDone()
    {
        var progress = ShardProgress.From(new ShardCheckpoint([5]), 3);
        Assert.True(progress.ReadThrough(9));
        Assert.False(progress.ReadThrough(9));
        Assert.Equal(9UL, progress.Low);
    }

    [Fact]
    public void Closed_BeforeThePageIsThrough_DoesNotSkipWhatWasJustOpened()
    {
        var progress = ShardProgress.From(new ShardCheckpoint([0]), 1);
        progress.Opened(0, 1);
        progress.Opened(0, 2);
        progress.Closed(0, 1);
        progress.ReadThrough(3);
        Assert.Equal(1UL, progress.Low);
        progress.Closed(0, 2);
        Assert.Equal(3UL, progress.Low);
    }

    /// <summary>
    /// Any number of owners, each with another number of lanes, read a shard one after another and stop anywhere: every record is done
    /// at least once, none twice, and those of a key in order.
    /// </summary>
    [Fact]
    public void From_OwnersWithOtherLanes_EveryRecordIsDoneOnceAndInOrderOfItsKey() => Gen.Select(
        Gen.Int[0, 5].Array[1, 60], Gen.Select(Gen.Int[1, 5], Gen.Int[0, 40], Gen.Int[0, 1_000_000]).Array[1, 8]).Sample((keys, owners) =>
    {
        var done = new List<int>();
        var checkpoint = new ShardCheckpoint([0]);
        foreach (var (lanes, steps, seed) in owners.Append((3, int.MaxValue, 1)))
        {
            var (progress, random, open) = (ShardProgress.From(checkpoint, lanes), new Random(seed), new Queue<int>[lanes]);
            for (var lane = 0; lane < lanes; lane++)
            {
                open[lane] = new Queue<int>();
            }

            var read = (int)progress.Low;
            for (var step = 0; step < steps && (read < keys.Length || open.Any(lane => lane.Count > 0)); step++)
            {
                var busy = Enumerable.Range(0, lanes).Where(lane => open[lane].Count > 0).ToArray();
                if (read < keys.Length && (busy.Length == 0 || random.Next(2) == 0))
                {
                    read++;
                    if (!progress.IsDone((ulong)read, $"k{keys[read - 1]}"))
                    {
                        var lane = progress.LaneOf($"k{keys[read - 1]}");
                        progress.Opened(lane, (ulong)read);
                        open[lane].Enqueue(read);
                    }

                    progress.ReadThrough((ulong)read);
                }
                else if (busy.Length > 0)
                {
                    var lane = busy[random.Next(busy.Length)];
                    done.Add(open[lane].Dequeue());
                    progress.Closed(lane, (ulong)done[^1]);
                }
            }

            checkpoint = progress.ToCheckpoint();
        }

        Assert.Equal(Enumerable.Range(1, keys.Length), done.Order());
        foreach (var key in keys.Distinct())
        {
            var ofKey = done.Where(position => keys[position - 1] == key).ToArray();
            Assert.Equal(ofKey.Order(), ofKey);
        }
    });

    private static string KeyOf(ShardProgress progress, int lane) =>
        Enumerable.Range(0, 100).Select(i => $"key{i}").First(key => progress.LaneOf(key) == lane);
}
