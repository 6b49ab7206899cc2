using System.Text;

namespace Petrel.Functions.Runtimes;

/// <summary>The client context travels in base64 to the platform and as JSON to the function.</summary>
internal static class ClientContext
{
    /// <summary>The JSON text; null without a context. What is no base64 is handed on as it is: the runtime says what is wrong with it.</summary>
    public static string? ToJson(string? base64)
    {
        if (string.IsNullOrEmpty(base64))
        {
            return null;
        }

        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : base64;
    }
}
