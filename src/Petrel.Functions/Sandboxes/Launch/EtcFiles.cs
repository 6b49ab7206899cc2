using System.Net;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>The few files that a sandbox has in its /etc; made once a daemon.</summary>
internal static class EtcFiles
{
    /// <summary>Lambda's own user of functions.</summary>
    public const string UserName = "sbx_user1051";
    public const int UserId = 993, GroupId = 990;

    /// <summary>Folders and files of the host's /etc that hold nothing private and that programs expect: certificates, the linker's cache.</summary>
    private static readonly string[] Shared = ["/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted", "/etc/ca-certificates",
        "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/protocols", "/etc/services", "/etc/mime.types"];

    public static IEnumerable<SandboxMount> SharedMounts => Shared.Where(Path.Exists).Select(p => new SandboxMount(p, p));

    public static void Write(string directory, IReadOnlyList<IPAddress> nameServers)
    {
        Directory.CreateDirectory(directory);
        Put("hosts", "127.0.0.1 localhost localhost.localstack.cloud\n127.0.0.1 petrel\n");
        Put("hostname", "petrel\n");
        Put("resolv.conf", string.Concat(nameServers.Select(s => $"nameserver {s}\n")) + "options edns0\n");
        Put("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n");
        Put("passwd", $"root:x:0:0:root:/root:/sbin/nologin\n{UserName}:x:{UserId}:{GroupId}::/home/{UserName}:/sbin/nologin\n");
        Put("group", $"root:x:0:\n{UserName}:x:{GroupId}:\n");
        Put("os-release", File.Exists("/etc/os-release") ? File.ReadAllText("/etc/os-release") : "NAME=\"Petrel\"\n");

        // What is bound into it later needs a place to be bound on.
        foreach (var mount in SharedMounts)
        {
            var place = Path.Combine(directory, mount.SandboxPath["/etc/".Length..]);
            if (Directory.Exists(mount.HostPath))
            {
                Directory.CreateDirectory(place);
            }
            else
            {
                Directory.CreateDirectory(Path.GetDirectoryName(place)!);
                File.Open(place, FileMode.OpenOrCreate).Dispose();
            }
        }

        void Put(string name, string text) => File.WriteAllText(Path.Combine(directory, name), text);
    }

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
