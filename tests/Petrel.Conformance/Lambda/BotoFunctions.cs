using System.Text;
using System.Text.Json;

namespace Petrel.Conformance.Lambda;

/// <summary>What most tests need of boto3: functions that are there and ready.</summary>
internal static class BotoFunctions
{
    public const string PythonRuntime = "python3.12";
    public const string NodeRuntime = "nodejs20.x";

    public static string Role(this Client client) => $"arn:aws:iam::{client.Account}:role/functions";

    public static Task<JsonElement> CreatePythonAsync(this Client client, string name, string code) =>
        client.CreateAsync(name, PythonRuntime, "app.handler", Package.Python(code));

    public static Task<JsonElement> CreateNodeAsync(this Client client, string name, string code) =>
        client.CreateAsync(name, NodeRuntime, "index.handler", Package.Node(code));

    public static async Task<JsonElement> CreateAsync(this Client client, string name, string runtime, string handler, byte[] zip)
    {
        var created = await client.CallAsync(
            "create_function",
            new { FunctionName = name, Runtime = runtime, Handler = handler, Role = client.Role(), Timeout = 20, Code = new { ZipFile = zip } });
        await client.WaitAsync("function_active_v2", name);
        return created;
    }

    public static async Task UpdateAsync(this Client client, string name, byte[] zip)
    {
        await client.CallAsync("update_function_code", new { FunctionName = name, ZipFile = zip });
        await client.WaitAsync("function_updated_v2", name);
    }

    public static Task WaitAsync(this Client client, string waiter, string name) =>
        client.CallAsync("$wait", new Dictionary<string, object> { ["$waiter"] = waiter, ["FunctionName"] = name });

    public static Task<JsonElement> InvokeAsync(this Client client, string name, string payload = "{}", string? qualifier = null)
    {
        var parameters = new Dictionary<string, object> { ["FunctionName"] = name, ["Payload"] = Encoding.UTF8.GetBytes(payload) };
        if (qualifier is not null)
        {
            parameters["Qualifier"] = qualifier;
        }

        return client.CallAsync("invoke", parameters);
    }

    /// <summary>The URL of a function that everybody may call.</summary>
    public static async Task<Uri> OpenUrlAsync(this Client client, string name, string invokeMode = "BUFFERED", object? cors = null)
    {
        var parameters = new Dictionary<string, object> { ["FunctionName"] = name, ["AuthType"] = "NONE", ["InvokeMode"] = invokeMode };
        if (cors is not null)
        {
            parameters["Cors"] = cors;
        }

        var url = await client.CallAsync("create_function_url_config", parameters);
        await client.CallAsync(
            "add_permission",
            new
            {
                FunctionName = name,
                StatementId = "everybody",
                Action = "lambda:InvokeFunctionUrl",
                Principal = "*",
                FunctionUrlAuthType = "NONE",
            });
        return new Uri(url.GetProperty("FunctionUrl").GetString()!);
    }

    public static string? Text(this JsonElement result, string member) => result.TryGetProperty(member, out var value) ? value.GetString() : null;

    public static int Status(this JsonElement result) =>
        result.GetProperty("ResponseMetadata").GetProperty("HTTPStatusCode").GetInt32();
}
