using System.Diagnostics;
using System.Globalization;

namespace Petrel.Tests.Storage;

/// <summary>What may be on the disk of a file's bytes that were written and not synced.</summary>
public enum UnsyncedTail
{
    Gone,

    /// <summary>Some of them, in order.</summary>
    CutShort,

    /// <summary>All of them but for pages that were not written yet, which hold zeros.</summary>
    Holes,
}

/// <summary>A folder on a disk that loses power: a library preloaded into the process records what was synced (tests/native/powerloss.c).</summary>
internal sealed class PowerLossDisk
{
    private const int Page = 4096;

    private readonly string _root;
    private readonly string _shadow;
    private readonly string _library;
    private readonly Random _random = new(5);

    private PowerLossDisk(string folder, string library)
    {
        _root = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;
        _shadow = Path.Combine(folder, "shadow");
        _library = library;
        Directory.CreateDirectory(_shadow);
    }

    public string Data => Path.Combine(_root, "data");

    public static async Task<PowerLossDisk> CreateAsync(string folder) =>
        new(folder, await PreloadedLibrary.CompileAsync("powerloss.c", folder));

    /// <summary>The variables for a process that writes to this disk.</summary>
    public IEnumerable<(string Name, string Value)> Environment(int? liesAfter = null)
    {
        yield return ("LD_PRELOAD", _library);
        yield return ("POWERLOSS_ROOT", _root);
        yield return ("POWERLOSS_SHADOW", _shadow);
        if (liesAfter is { } syncs)
        {
            yield return ("POWERLOSS_LIES_AFTER", syncs.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Leaves in the folder what the disk would hold.</summary>
    public void LosePower(UnsyncedTail tail)
    {
        var before = _root + ".before";
        Directory.Move(_root, before);
        Directory.CreateDirectory(_root);
        Rebuild("root", before, _root, tail);
        Directory.Delete(before, recursive: true);
    }

    /// <summary>Everything in the folder is durable: a new process goes on from here.</summary>
    public void Sync()
    {
        Directory.Delete(_shadow, recursive: true);
        Directory.CreateDirectory(_shadow);
        using var program = Process.Start(new ProcessStartInfo("sh", ["-c", $"find '{_root}' -exec sync {{}} +"])
        {
            Environment = { ["LD_PRELOAD"] = _library, ["POWERLOSS_ROOT"] = _root, ["POWERLOSS_SHADOW"] = _shadow },
        })!;
        program.WaitForExit();
        Assert.Equal(0, program.ExitCode);
    }

    private void Rebuild(string directory, string from, string to, UnsyncedTail tail)
    {
        var names = Path.Combine(_shadow, $"directory-{directory}");
        if (!File.Exists(names))
        {
            return; // It was never synced, and is empty.
        }

        foreach (var parts in File.ReadLines(names).Select(line => line.Split(' ', 3)))
        {
            var (kind, id, name) = (parts[0], parts[1], parts[2]);
            var target = Path.Combine(to, name);
            if (kind == "d")
            {
                Directory.CreateDirectory(target);
                Rebuild(id, Path.Combine(from, name), target, tail);
            }
            else
            {
                File.WriteAllBytes(target, Content(id, Path.Combine(from, name), tail));
            }
        }
    }

    private byte[] Content(string id, string written, UnsyncedTail tail)
    {
        var recorded = Path.Combine(_shadow, $"file-{id}");
        var synced = File.Exists(recorded) ? File.ReadAllBytes(recorded) : [];
        if (tail == UnsyncedTail.Gone || !File.Exists(written))
        {
            return synced;
        }

        var all = File.ReadAllBytes(written);
        if (all.Length <= synced.Length)
        {
            return synced;
        }

        if (tail == UnsyncedTail.CutShort)
        {
            return all[..(synced.Length + _random.Next(all.Length - synced.Length + 1))];
        }

        for (var at = synced.Length; at < all.Length; at = (at / Page * Page) + Page)
        {
            if (_random.Next(2) == 0)
            {
                all.AsSpan(at, Math.Min(Page - (at % Page), all.Length - at)).Clear();
            }
        }

        return all;
    }
}
