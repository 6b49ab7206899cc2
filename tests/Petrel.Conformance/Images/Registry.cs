using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Petrel.Testing;

[assembly: AssemblyFixture(typeof(Petrel.Conformance.Images.Registry))]

namespace Petrel.Conformance.Images;

/// <summary>A container registry of this machine (Debian's docker-registry), started when the first test needs it.</summary>
public sealed class Registry : IAsyncDisposable
{
    private readonly Lazy<Task<Process>> _process;

    public Registry()
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Host = $"localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";
        }

        _process = new(StartAsync);
    }

    public string Host { get; }

    private string Folder { get; } = Directory.CreateTempSubdirectory("petrel-registry-").FullName;

    /// <summary>Puts an image there.</summary>
    /// <returns>What functions name: <c>localhost:port/name:tag</c>.</returns>
    internal async Task<string> PushAsync(string name, string tag, OciImage image)
    {
        await _process.Value;
        await CopyAsync(image, $"docker://{Host}/{name}:{tag}");
        return $"{Host}/{name}:{tag}";
    }

    /// <summary>Writes an image to a place that skopeo names.</summary>
    internal static async Task CopyAsync(OciImage image, string target)
    {
        var layout = Directory.CreateTempSubdirectory("petrel-layout-").FullName;
        image.WriteLayout(layout);
        using var skopeo = Process.Start(new ProcessStartInfo("skopeo", ["copy", "--quiet", "--dest-tls-verify=false", $"oci:{layout}:v", target]) { RedirectStandardError = true })!;
        var error = await skopeo.StandardError.ReadToEndAsync();
        await skopeo.WaitForExitAsync();
        Assert.True(skopeo.ExitCode == 0, error);
        Directory.Delete(layout, recursive: true);
    }

    /// <summary>Changes a byte of every blob that is larger than a manifest or configuration: the layers.</summary>
    public void Damage(int fromBytes)
    {
        foreach (var blob in Directory.EnumerateFiles(Folder, "data", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length == fromBytes))
        {
            using var file = File.Open(blob, FileMode.Open);
            file.Position = file.Length / 2;
            var old = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(old ^ 0xff));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process.IsValueCreated)
        {
            using var process = await _process.Value;
            process.Kill();
            await process.WaitForExitAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private async Task<Process> StartAsync()
    {
        var settings = Path.Combine(Folder, "settings.yml");
        await File.WriteAllTextAsync(settings, $"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {Folder}/data}}}}\nhttp: {{addr: 127.0.0.1:{Host.Split(':')[1]}}}\nlog: {{level: error, accesslog: {{disabled: true}}}}\n");
        var process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", settings]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        await Eventually.IsTrueAsync(() => Answers());
        return process;
    }

    private bool Answers()
    {
        using var socket = new TcpClient();
        try
        {
            socket.Connect(IPAddress.Loopback, int.Parse(Host.Split(':')[1]));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
