using System.Diagnostics;

namespace Petrel.Conformance.DynamoDb;

/// <summary>Libraries that programs use for tables, unchanged: each has a script that checks what it knows of the library.</summary>
public sealed class TableClientTests(Daemon daemon)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("sdk.mjs")]
    [InlineData("dynamoose.mjs")]
    [InlineData("electrodb.mjs")]
    [InlineData("toolbox.mjs")]
    public async Task Library_OfNode_WorksUnchanged(string script)
    {
        var packages = await Dynalite.PackagesAsync();
        foreach (var file in new[] { "clients.mjs", script })
        {
            CopyWhole(Path.Combine(AppContext.BaseDirectory, "drivers", "tables", file), Path.Combine(packages, file));
        }

        await RunAsync("node", Path.Combine(packages, script));
    }

    [Theory]
    [InlineData("items")]
    [InlineData("queries")]
    [InlineData("queries", "transactions")]
    [InlineData("statements")]
    [InlineData("queries", "management")]
    public async Task Boto3_ResourcesAndClients_WorkUnchanged(params string[] steps) =>
        await RunAsync("python3", Path.Combine(AppContext.BaseDirectory, "drivers", "tables", "boto_tables.py"), steps);

    /// <summary>Tests of one folder of packages run at once: a script is there whole or not at all.</summary>
    private static void CopyWhole(string from, string to)
    {
        var part = $"{to}.{Guid.CreateVersion7():n}";
        File.Copy(from, part);
        File.Move(part, to, overwrite: true);
    }

    private async Task RunAsync(string program, string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [script, daemon.Endpoint.ToString(), daemon.NewBoto().Account, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["NODE_NO_WARNINGS"] = "1" },
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, $"{Path.GetFileName(script)} ended with {process.ExitCode}:\n{await output}\n{await error}");
    }
}
