using System.Net;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>The few files that a sandbox has in its /etc; made once a daemon.</summary>
internal static class EtcFiles
{
    /// <summary>Lambda's own user of functions.</summary>
    public const string UserName = "sbx_user1051";
    public const int UserId = 993, GroupId = 990;

    /// <summary>Files of the host's /etc that hold nothing private and that programs expect.</summary>
    private static readonly string[] Copied = ["ssl/openssl.cnf", "ld.so.cache", "ld.so.conf", "protocols", "services", "mime.types", "os-release"];

    /// <summary>Folders of the same kind. Each costs a sandbox's start a mount; certificates change while a daemon runs.</summary>
    private static readonly string[] Shared = ["/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted", "/etc/alternatives"];

    public static IReadOnlyList<SandboxMount> SharedMounts { get; } = [.. Shared.Where(Directory.Exists).Select(p => new SandboxMount(p, p))];

    public static void Write(string directory, IReadOnlyList<IPAddress> nameServers)
    {
        Directory.CreateDirectory(directory);
        Put("hosts", "127.0.0.1 localhost localhost.localstack.cloud\n127.0.0.1 petrel\n");
        Put("hostname", "petrel\n");
        Put("resolv.conf", string.Concat(nameServers.Select(s => $"nameserver {s}\n")) + "options edns0\n");
        Put("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n");
        Put("passwd", $"root:x:0:0:root:/root:/sbin/nologin\n{UserName}:x:{UserId}:{GroupId}::/home/{UserName}:/sbin/nologin\n");
        Put("group", $"root:x:0:\n{UserName}:x:{GroupId}:\n");
        foreach (var name in Copied.Concat(OfJava()))
        {
            var source = Path.Combine("/etc", name);
            if (File.Exists(source))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(directory, name))!);
                File.Copy(source, Path.Combine(directory, name), overwrite: true);
            }
        }

        // What is bound into it later needs a place to be bound on.
        foreach (var mount in SharedMounts)
        {
            Directory.CreateDirectory(Path.Combine(directory, mount.SandboxPath["/etc/".Length..]));
        }

        void Put(string name, string text) => File.WriteAllText(Path.Combine(directory, name), text);
    }

    /// <summary>Debian's Java keeps its settings here, and does not start without.</summary>
    private static IEnumerable<string> OfJava() => Directory.GetDirectories("/etc", "java-*-openjdk")
        .SelectMany(d => Directory.GetFiles(d, "*", SearchOption.AllDirectories))
        .Select(f => Path.GetRelativePath("/etc", f));

    /// <summary>The host's name servers; behind a local forwarder (systemd-resolved) those that it asks.</summary>
    public static IReadOnlyList<IPAddress> NameServers()
    {
        var servers = Read("/etc/resolv.conf");
        return servers.All(IPAddress.IsLoopback) ? Read("/run/systemd/resolve/resolv.conf") : servers;
    }

    private static List<IPAddress> Read(string path)
    {
        var servers = new List<IPAddress>();
        if (File.Exists(path))
        {
            foreach (var line in File.ReadLines(path))
            {
                if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["nameserver", var text, ..] && IPAddress.TryParse(text, out var address))
                {
                    servers.Add(address);
                }
            }
        }

        return servers;
    }
}
