using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Petrel.Functions.Runtimes.Http.OpenWhisk;

/// <summary>The HTTP answer that a web action's result describes.</summary>
internal static class WebAnswer
{
    /// <summary>False when the action failed, rather than answer with an error.</summary>
    /// <exception cref="FormatException">The result describes no answer.</exception>
    public static bool TryRead(WorkerAnswer answer, out DescribedAnswer described)
    {
        described = default;
        if (!answer.Success)
        {
            return false;
        }

        try
        {
            var result = JsonDocument.Parse(answer.Body).RootElement;
            var isObject = result.ValueKind == JsonValueKind.Object;
            if (isObject && result.TryGetProperty("error", out var error))
            {
                described = DescribedAnswer.Read(error, base64: true);
                described = Describes(error) ? described : DescribedAnswer.Read(result, base64: false) with { Status = StatusCodes.Status400BadRequest };
                return true;
            }

            described = DescribedAnswer.Read(result, base64: true);
            if (isObject && described.Body.IsEmpty && !result.TryGetProperty("statusCode", out _))
            {
                described = described with { Status = StatusCodes.Status204NoContent };
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Describes(JsonElement error) => error.ValueKind == JsonValueKind.Object && error.TryGetProperty("statusCode", out _);
}
