using System.Text.Json;
using Petrel.Conformance.Lambda;
using Petrel.Testing;

namespace Petrel.Conformance.Images;

/// <summary>An image that was fetched once needs its registry no more.</summary>
public sealed class ImageRestartTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("petrel-image-restart-").FullName;

    [Fact]
    public async Task Invoke_AfterARestartWithoutTheRegistryAndTheFiles_Runs()
    {
        const string account = "600000000009";
        await using (var registry = new Registry())
        await using (var daemon = await DaemonProcess.StartAsync(_data))
        await using (var clients = StartClients(daemon))
        {
            var uri = await registry.PushAsync("team/app", "v1", OciImage.Answering("1"));
            var lambda = new Client(clients, account, Daemon.Region);
            var function = new { FunctionName = "f", PackageType = "Image", Role = lambda.Role(), Timeout = 20, Code = new { ImageUri = uri } };
            await lambda.CallAsync("create_function", function);
            await lambda.WaitAsync("function_active_v2", "f");
            await daemon.KillAsync();
        }

        // As after a restart of the machine, when nothing is known of what reached the disk.
        Directory.Delete(Path.Combine(_data, "code"), recursive: true);
        await using var again = await DaemonProcess.StartAsync(_data);
        await using var others = StartClients(again);
        var answer = await new Client(others, account, Daemon.Region).InvokeAsync("f");
        Assert.Equal("1", JsonDocument.Parse(answer.Text("Payload")!).RootElement.Text("version"));
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private static ClientProcess StartClients(DaemonProcess daemon) =>
        new("python3", Path.Combine(AppContext.BaseDirectory, "drivers"), "boto_driver.py", daemon.Endpoint.ToString());
}
