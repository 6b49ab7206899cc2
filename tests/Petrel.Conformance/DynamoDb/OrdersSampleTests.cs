using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.DynamoDb;

/// <summary>The sample application: an API that keeps orders, and a projection that their stream feeds; deployed by the command line.</summary>
public sealed class OrdersSampleTests(Daemon daemon) : IDisposable
{
    /// <summary>What <c>pip install --target</c> makes of boto3, from the packages that are installed here, with the descriptions of one service.</summary>
    private const string InstallBoto3 = """
        import os, sys, shutil, importlib
        for name in ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six"):
            file = importlib.import_module(name).__file__
            for target in sys.argv[1:]:
                if not file.endswith("__init__.py"):
                    shutil.copy(file, target)
                    continue
                skip = lambda folder, names: [n for n in names if n == "__pycache__" or (os.path.basename(folder) == "data" and os.path.isdir(os.path.join(folder, n)) and n not in ("dynamodb", "sts"))]
                shutil.copytree(os.path.dirname(file), os.path.join(target, name), ignore=skip)
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("petrel-orders-").FullName;
    private readonly Client _boto = daemon.NewBoto();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Orders_MadeChangedAndDeleted_AreProjectedIntoTotals()
    {
        await PrepareAsync();
        await PetrelAsync("table", "create", "orders", "--key", "customer", "--sort", "id", "--stream");
        await PetrelAsync("table", "create", "totals", "--key", "customer");
        var url = new Uri((await PetrelAsync("deploy", Path.Combine(_folder, "api"), "--name", "orders-api")).Trim());
        await PetrelAsync("deploy", Path.Combine(_folder, "totals"), "--name", "orders-totals", "--no-url", "--table", "orders");

        var first = await SendAsync(HttpMethod.Post, url, "ada", """{"item":"book","price":12.5}""", HttpStatusCode.Created);
        var second = await SendAsync(HttpMethod.Post, url, "ada", """{"item":"pen","price":2}""", HttpStatusCode.Created);
        await SendAsync(HttpMethod.Post, url, "bob", """{"item":"lamp","price":30}""", HttpStatusCode.Created);
        var id = first!["id"]!.GetValue<string>();
        Assert.Equal(2, (await SendAsync(HttpMethod.Get, url, "ada", null, HttpStatusCode.OK))!.AsArray().Count);
        Assert.Equal(10, (await SendAsync(HttpMethod.Put, url, $"ada/{id}", """{"price":10}""", HttpStatusCode.OK))!["price"]!.GetValue<double>());
        Assert.Equal("book", (await SendAsync(HttpMethod.Get, url, $"ada/{id}", null, HttpStatusCode.OK))!["item"]!.GetValue<string>());
        await SendAsync(HttpMethod.Delete, url, $"ada/{second!["id"]!.GetValue<string>()}", null, HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Delete, url, "ada/none", null, HttpStatusCode.NotFound);
        await SendAsync(HttpMethod.Post, url, "ada", """{"item":"no price"}""", HttpStatusCode.BadRequest);

        Assert.Equal(("10", "4"), await TotalAsync("ada", changes: "4"));
        Assert.Equal(("30", "1"), await TotalAsync("bob", changes: "1"));
    }

    private async Task PrepareAsync()
    {
        foreach (var part in new[] { "api", "totals" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, part));
            File.Copy(Path.Combine(Root(), "samples", "orders", part, "app.py"), Path.Combine(_folder, part, "app.py"));
        }

        using var install = Process.Start("python3", ["-c", InstallBoto3, Path.Combine(_folder, "api"), Path.Combine(_folder, "totals")]);
        await install.WaitForExitAsync();
        Assert.Equal(0, install.ExitCode);
    }

    /// <summary>Waits until a customer's total has seen so many changes.</summary>
    private async Task<(string? Spent, string? Changes)> TotalAsync(string customer, string changes)
    {
        (string? Spent, string? Changes) total = default;
        for (var attempt = 0; attempt < 300 && total.Changes != changes; attempt++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            var answer = await _boto.CallAsync("dynamodb", "get_item", new { TableName = "totals", Key = new { customer = new { S = customer } }, ConsistentRead = true });
            if (answer.TryGetProperty("Item", out var item))
            {
                total = (item.GetProperty("spent").Text("N"), item.GetProperty("changes").Text("N"));
            }
        }

        return total;
    }

    private async Task<JsonNode?> SendAsync(HttpMethod method, Uri url, string path, string? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, new Uri(url, path));
        request.Content = body is null ? null : JsonContent.Create(JsonNode.Parse(body));
        using var answer = await daemon.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{method} {path} answered {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    private async Task<string> PetrelAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program(), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PETREL_ENDPOINT"] = daemon.Endpoint.ToString();
        start.Environment["AWS_ACCESS_KEY_ID"] = _boto.Account;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = "test";
        start.Environment["AWS_REGION"] = Daemon.Region;
        using var petrel = Process.Start(start)!;
        var error = petrel.StandardError.ReadToEndAsync();
        var output = await petrel.StandardOutput.ReadToEndAsync();
        await petrel.WaitForExitAsync();
        Assert.True(petrel.ExitCode == 0, $"petrel {string.Join(' ', arguments)} ended with {petrel.ExitCode}: {await error}");
        return output;
    }

    /// <summary>The program as the solution built it, in the configuration of the test itself.</summary>
    private static string Program()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return Directory.EnumerateFiles(Path.Combine(Root(), "src/Petrel/bin", configuration), "petrel", SearchOption.AllDirectories).First();
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Petrel.slnx")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
