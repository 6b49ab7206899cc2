using Microsoft.Extensions.DependencyInjection;
using Petrel.Functions;
using Petrel.Server.Settings;
using Petrel.Storage;

namespace Petrel.Server.Services.Lambda.Packages;

/// <summary>
/// Unpacked code under the data folder, one folder a content, named by its hash. A mark beside it, written last, says in which run of
/// the machine it was made: after a restart of the machine nothing is known of what reached the disk, and the folder is made anew.
/// </summary>
internal sealed class CodeFolders(string root, string bootId, IIdSource ids)
{
    /// <summary>The folders of this machine's daemon, below its data folder.</summary>
    public static CodeFolders Open(IServiceProvider services)
    {
        var options = services.GetRequiredService<PetrelOptions>();
        var folders = new CodeFolders(
            Path.Combine(Path.GetFullPath(options.Storage.Data), "code"),
            File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(),
            services.GetRequiredService<IIdSource>());
        folders.RemoveDrafts();
        return folders;
    }

    /// <summary>The code's folder; it is complete when <see cref="IsComplete"/> says so.</summary>
    public string PathOf(string sha256)
    {
        var name = NameOf(sha256);
        return Path.Combine(root, name[..2], name);
    }

    public bool IsComplete(string sha256)
    {
        try
        {
            return File.ReadAllText(MarkOf(sha256)) == bootId && Directory.Exists(PathOf(sha256));
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Makes the folder from <paramref name="fill"/>, which gets an empty one.</summary>
    public async Task MakeAsync(string sha256, Func<string, Task> fill)
    {
        Remove(sha256);
        var draft = Path.Combine(root, "new", $"{ids.NextId():x16}");
        Directory.CreateDirectory(draft);
        try
        {
            await fill(draft);
            var path = PathOf(sha256);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Take(draft, path);
            File.WriteAllText(MarkOf(sha256), bootId);
        }
        catch
        {
            Directory.Delete(draft, recursive: true);
            throw;
        }
    }

    /// <summary>What somebody else has made of the same content meanwhile is as good: folders come here whole.</summary>
    private static void Take(string draft, string path)
    {
        try
        {
            Directory.Move(draft, path);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            Directory.Delete(draft, recursive: true);
        }
    }

    /// <summary>The mark goes first, so that a removal that is cut short leaves nothing that looks complete.</summary>
    public void Remove(string sha256)
    {
        if (File.Exists(MarkOf(sha256)))
        {
            File.Delete(MarkOf(sha256));
        }

        if (Directory.Exists(PathOf(sha256)))
        {
            Directory.Delete(PathOf(sha256), recursive: true);
        }

        if (Directory.Exists(CompiledOf(sha256)))
        {
            Directory.Delete(CompiledOf(sha256), recursive: true);
        }
    }

    /// <summary>Removes what an unpacking left that was cut short by the end of the process.</summary>
    public void RemoveDrafts()
    {
        var drafts = Path.Combine(root, "new");
        if (Directory.Exists(drafts))
        {
            Directory.Delete(drafts, recursive: true);
        }
    }

    private string CompiledOf(string sha256) => CompiledCode.FolderOf(PathOf(sha256));

    private string MarkOf(string sha256) => PathOf(sha256) + ".complete";

    /// <summary>The hash as Lambda writes it has characters that no file name may have.</summary>
    private static string NameOf(string sha256) => Convert.ToHexStringLower(Convert.FromBase64String(sha256));
}
