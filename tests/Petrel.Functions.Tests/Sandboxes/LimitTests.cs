using Petrel.Functions.Sandboxes.Launch;
using Petrel.Functions.Sandboxes.Limits;

namespace Petrel.Functions.Tests.Sandboxes;

public sealed class LimitTests
{
    /// <summary>The machine has version 1 only: the files that version 2 is told by are played by ordinary ones.</summary>
    [Fact]
    public void Limit_Version2_WritesTheKernelsFiles()
    {
        var root = Directory.CreateTempSubdirectory("petrel-cgroup-").FullName;
        try
        {
            Put(root, "cgroup.subtree_control", "cgroup.controllers");
            File.WriteAllText(Path.Combine(root, "cgroup.controllers"), "cpuset cpu io memory pids\n");
            Assert.True(CgroupsV2.IsMounted(root));
            Put(Path.Combine(root, "petrel-9"), "cgroup.subtree_control");
            var groups = new CgroupsV2(root, "petrel-9");
            var folder = Path.Combine(root, "petrel-9", "5");
            Put(folder, "memory.max", "memory.high", "memory.swap.max", "memory.events", "memory.peak", "memory.stat", "cpu.weight", "pids.max", "cgroup.procs",
                "memory.current", "cpu.stat", "cgroup.freeze");

            var group = groups.Create("5");
            group.Limit(new ResourceLimits(128 << 20, 512 << 20, CpuWeight: 1769, Processes: 1024));
            group.Adopt(42);
            Assert.Equal("+memory +cpu +pids", Read(root, "cgroup.subtree_control"));
            Assert.Equal(["671088640", "134217728", "0", "172", "1024", "42"],
                new[] { "memory.max", "memory.high", "memory.swap.max", "cpu.weight", "pids.max", "cgroup.procs" }.Select(f => Read(folder, f)));

            File.WriteAllText(Path.Combine(folder, "memory.stat"), "anon 100000000\nfile 5\nshmem 300000000\n");
            Assert.False(group.CheckMemory());
            Assert.Equal((134217728L + 300000000 + (4 << 20)).ToString(), Read(folder, "memory.high"));
            File.WriteAllText(Path.Combine(folder, "memory.stat"), "anon 140000000\nfile 5\nshmem 0\n");
            Assert.True(group.CheckMemory());

            File.WriteAllText(Path.Combine(folder, "memory.peak"), "1048576\n");
            Assert.Equal(1048576, group.PeakMemoryBytes);
            Assert.False(group.KilledForMemory);
            File.WriteAllText(Path.Combine(folder, "cpu.stat"), "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n");
            Assert.Equal(TimeSpan.FromMilliseconds(1.5), group.CpuTime);
            group.Freeze();
            Assert.Equal("1", Read(folder, "cgroup.freeze")[..1]);
            File.WriteAllText(Path.Combine(folder, "memory.events"), "low 0\noom 1\noom_kill 1\n");
            Assert.True(group.KilledForMemory);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        static void Put(string folder, params string[] names)
        {
            Directory.CreateDirectory(folder);
            foreach (var name in names)
            {
                File.WriteAllText(Path.Combine(folder, name), "");
            }
        }

        static string Read(string folder, string name) => File.ReadAllText(Path.Combine(folder, name));
    }

    [Fact]
    public void Merge_Layers_LaterOnesWin()
    {
        var root = Directory.CreateTempSubdirectory("petrel-layers-").FullName;
        try
        {
            Put("1/python/a.py", "first");
            Put("1/python/b.py", "first");
            Put("1/thing", "a file");
            Put("2/python/b.py", "second");
            Put("2/thing/inside", "now a folder");
            File.CreateSymbolicLink(Path.Combine(root, "2", "link"), "python/a.py");
            string[] layers = [Path.Combine(root, "1"), Path.Combine(root, "2")];

            var merged = new LayerMerge(Path.Combine(root, "merged")).Merge(layers)!;
            Assert.Equal("first", File.ReadAllText(Path.Combine(merged, "python/a.py")));
            Assert.Equal("second", File.ReadAllText(Path.Combine(merged, "python/b.py")));
            Assert.Equal("now a folder", File.ReadAllText(Path.Combine(merged, "thing/inside")));
            Assert.Equal("first", File.ReadAllText(Path.Combine(merged, "link")));
            Assert.Equal("first", File.ReadAllText(Path.Combine(root, "1/python/b.py"))); // the layers stay as they are
            Directory.CreateDirectory(Path.Combine(root, "merged", "half-made.new"));
            Assert.Equal(merged, new LayerMerge(Path.Combine(root, "merged")).Merge(layers));
            Assert.False(Directory.Exists(Path.Combine(root, "merged", "half-made.new")));
            Assert.Equal(layers[0], new LayerMerge(Path.Combine(root, "merged")).Merge(layers[..1]));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        void Put(string name, string text)
        {
            var path = Path.Combine(root, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }
}
