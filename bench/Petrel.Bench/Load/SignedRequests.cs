using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Petrel.Wire.Signing;

namespace Petrel.Bench.Load;

/// <summary>
/// Requests to tables as bytes of HTTP, signed ahead: making a signature costs a client more than the answer costs the server. They are good
/// for a quarter of an hour.
/// </summary>
internal sealed class SignedRequests(Uri endpoint)
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    /// <param name="operation">Such as <c>GetItem</c>.</param>
    /// <param name="body">Its JSON.</param>
    public byte[] Create(string operation, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var headers = new HeaderDictionary
        {
            ["host"] = endpoint.Authority,
            ["x-amz-date"] = _now.UtcDateTime.ToString(RequestSigner.TimeFormat, CultureInfo.InvariantCulture),
            ["x-amz-target"] = $"DynamoDB_20120810.{operation}",
        };
        var input = new SigningInput
        {
            Method = "POST",
            RawPath = "/",
            RawQuery = "",
            Headers = headers,
            PayloadHash = Convert.ToHexStringLower(SHA256.HashData(bytes)),
        };
        var authorization = RequestSigner.Authorize(input, "test", "test", "us-east-1", "dynamodb", _now, ["host", "x-amz-date", "x-amz-target"]);
        var head = $"POST / HTTP/1.1\r\nHost: {endpoint.Authority}\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: {headers["x-amz-target"]}\r\n"
            + $"X-Amz-Date: {headers["x-amz-date"]}\r\nAuthorization: {authorization}\r\nContent-Length: {bytes.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. bytes];
    }

    /// <summary>Writes requests where the load generator reads them: a line with the length before each.</summary>
    public void Write(string file, string operation, IEnumerable<string> bodies)
    {
        using var stream = File.Create(file);
        foreach (var request in bodies.Select(body => Create(operation, body)))
        {
            stream.Write(Encoding.ASCII.GetBytes($"{request.Length}\n"));
            stream.Write(request);
        }
    }
}
