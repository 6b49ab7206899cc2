using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Petrel.Conformance.Lambda;

namespace Petrel.Conformance.S3;

/// <summary>Buckets and objects, as boto3 and browsers see them.</summary>
public sealed class BotoObjectTests(Daemon daemon)
{
    private readonly Client _client = daemon.NewBoto();
    private readonly string _bucket = "conformance-" + Guid.CreateVersion7().ToString("n")[16..];

    [Fact]
    public async Task Object_FromCreationToDeletion_BehavesAsDocumented()
    {
        await CreateAsync();
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var put = await CallAsync("put_object", new { Bucket = _bucket, Key = "a b/ü", Body = bytes, ContentType = "x/y", Metadata = new { m = "1" }, ChecksumAlgorithm = "SHA256" });
        Assert.Equal($"\"{Convert.ToHexStringLower(MD5.HashData(bytes))}\"", put.Text("ETag"));
        Assert.Equal(Convert.ToBase64String(SHA256.HashData(bytes)), put.Text("ChecksumSHA256"));
        var got = await CallAsync("get_object", new { Bucket = _bucket, Key = "a b/ü", ChecksumMode = "ENABLED" });
        Assert.Equal(bytes, got.GetProperty("Body").GetProperty("$bytes").GetBytesFromBase64());
        Assert.Equal(("x/y", "1"), (got.Text("ContentType"), got.GetProperty("Metadata").Text("m")));
        await FailsAsync("PreconditionFailed", 412, "put_object", new { Bucket = _bucket, Key = "a b/ü", Body = bytes, IfNoneMatch = "*" });
        await FailsAsync("BucketNotEmpty", 409, "delete_bucket", new { Bucket = _bucket });
        await CallAsync("delete_object", new { Bucket = _bucket, Key = "a b/ü" });
        await FailsAsync("NoSuchKey", 404, "get_object", new { Bucket = _bucket, Key = "a b/ü" });
        await CallAsync("delete_bucket", new { Bucket = _bucket });
        await FailsAsync("NoSuchBucket", 404, "list_objects_v2", new { Bucket = _bucket });
    }

    [Fact]
    public async Task PutObject_OfWhatIsNotBuilt_IsRefusedByName()
    {
        await CreateAsync();
        var failure = await FailsAsync("NotImplemented", 501, "put_object", new { Bucket = _bucket, Key = "k", StorageClass = "GLACIER" });
        Assert.Equal("Petrel does not implement s3:the storage class GLACIER.", failure.Text);
        await FailsAsync("NotImplemented", 501, "put_object", new { Bucket = _bucket, Key = "k", ServerSideEncryption = "aws:kms" });
        failure = await FailsAsync("NotImplemented", 501, "get_bucket_replication", new { Bucket = _bucket });
        Assert.Equal("Petrel does not implement s3:GetBucketReplication.", failure.Text);
    }

    [Fact]
    public async Task Object_OfAPublicBucket_IsReadByAnybodyOnceTheBucketAllowsIt()
    {
        await CreateAsync();
        await CallAsync("put_object", new { Bucket = _bucket, Key = "k", Body = "open"u8.ToArray() });
        var policy = new
        {
            Bucket = _bucket,
            Policy = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{_bucket}}/*"}]}""",
        };
        var url = new Uri(daemon.Endpoint, $"/{_bucket}/k");
        Assert.Equal(HttpStatusCode.Forbidden, (await daemon.Http.GetAsync(url)).StatusCode);
        await FailsAsync("AccessDenied", 403, "put_bucket_policy", policy);
        await CallAsync("delete_public_access_block", new { Bucket = _bucket });
        await CallAsync("put_bucket_policy", policy);
        Assert.Equal("open", await daemon.Http.GetStringAsync(url));
        Assert.Equal(HttpStatusCode.Forbidden, (await daemon.Http.GetAsync(new Uri(daemon.Endpoint, $"/{_bucket}?list-type=2"))).StatusCode);
        var site = new Uri($"http://{_bucket}.s3-website.localhost:{daemon.Endpoint.Port}/");
        await CallAsync("put_bucket_website", new { Bucket = _bucket, WebsiteConfiguration = new { IndexDocument = new { Suffix = "k" } } });
        Assert.Equal("open", await daemon.Http.GetStringAsync(site));
        Assert.Equal(HttpStatusCode.Forbidden, (await daemon.Http.GetAsync(new Uri(site, "/nothing"))).StatusCode);
    }

    [Fact]
    public async Task Bucket_OfAnotherAccount_IsNotTheCallers()
    {
        await CreateAsync();
        await CallAsync("put_object", new { Bucket = _bucket, Key = "k", Body = "mine"u8.ToArray() });
        var other = daemon.NewBoto();
        foreach (var operation in (string[])["get_object", "delete_object"])
        {
            var failure = await Assert.ThrowsAsync<ClientException>(() => other.CallAsync("s3", operation, new { Bucket = _bucket, Key = "k" }));
            Assert.Equal(("AccessDenied", 403), (failure.Code, failure.Status));
        }
    }

    [Fact]
    public async Task Url_Presigned_WorksUntilItIsChanged()
    {
        await CreateAsync();
        var put = (await CallAsync("generate_presigned_url", new { ClientMethod = "put_object", Params = new { Bucket = _bucket, Key = "p q" } })).GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await daemon.Http.PutAsync(put, new ByteArrayContent("sent"u8.ToArray()))).StatusCode);
        var get = (await CallAsync("generate_presigned_url", new { ClientMethod = "get_object", Params = new { Bucket = _bucket, Key = "p q" } })).GetString()!;
        Assert.Equal("sent", await daemon.Http.GetStringAsync(get));
        var list = (await CallAsync("generate_presigned_url", new { ClientMethod = "list_objects", Params = new { Bucket = _bucket } })).GetString()!;
        Assert.Contains("<Key>p%20q</Key>", await daemon.Http.GetStringAsync(list), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await daemon.Http.GetAsync(get.Replace("p%20q", "p%20r", StringComparison.Ordinal))).StatusCode);
    }

    [Fact]
    public async Task Form_Presigned_TakesWhatItsPolicyAllows()
    {
        await CreateAsync();
        var form = await CallAsync(
            "generate_presigned_post",
            new { Bucket = _bucket, Key = "up/${filename}", Conditions = new object[] { new object[] { "content-length-range", 1, 10 }, new object[] { "starts-with", "$key", "up/" } } });
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(form, "12345")).StatusCode);
        var got = await CallAsync("get_object", new { Bucket = _bucket, Key = "up/name.txt" });
        Assert.Equal("12345", got.Text("Body"));
        Assert.Contains("EntityTooLarge", await (await PostAsync(form, "12345678901")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var extra = await PostAsync(form, "1", ("x-amz-meta-a", "b"));
        Assert.Equal(HttpStatusCode.Forbidden, extra.StatusCode);
        Assert.Contains("Extra input fields: x-amz-meta-a", await extra.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_OfABucket_FollowsItsRules()
    {
        await CreateAsync();
        var rules = new { CORSRules = new[] { new { AllowedOrigins = new[] { "https://site.example" }, AllowedMethods = new[] { "PUT" }, AllowedHeaders = new[] { "*" } } } };
        await CallAsync("put_bucket_cors", new { Bucket = _bucket, CORSConfiguration = rules });
        Assert.Equal("https://site.example", (await PreflightAsync("https://site.example")).Headers.GetValues("Access-Control-Allow-Origin").Single());
        var refused = await PreflightAsync("https://other.example");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.False(refused.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Upload_ToABucketWithANotification_RunsTheFunction()
    {
        await CreateAsync();
        const string Code = """
            def handler(event, context):
                record = event["Records"][0]
                print("told of", record["eventName"], record["s3"]["object"]["key"])
            """;
        var package = Package.Python(Code);
        await CallAsync("put_object", new { Bucket = _bucket, Key = "code.zip", Body = package });
        await _client.CallAsync("create_function", new
        {
            FunctionName = "told",
            Runtime = BotoFunctions.PythonRuntime,
            Handler = "app.handler",
            Role = _client.Role(),
            Timeout = 20,
            Code = new { S3Bucket = _bucket, S3Key = "code.zip" },
        });
        await _client.WaitAsync("function_active_v2", "told");
        var arn = $"arn:aws:lambda:{Daemon.Region}:{_client.Account}:function:told";
        var notification = new
        {
            Bucket = _bucket,
            NotificationConfiguration = new
            {
                LambdaFunctionConfigurations = new[]
                {
                    new
                    {
                        LambdaFunctionArn = arn,
                        Events = new[] { "s3:ObjectCreated:*" },
                        Filter = new { Key = new { FilterRules = new[] { new { Name = "prefix", Value = "in/" } } } },
                    },
                },
            },
        };
        await FailsAsync("InvalidArgument", 400, "put_bucket_notification_configuration", notification);
        await _client.CallAsync("add_permission", new
        {
            FunctionName = "told",
            StatementId = "s3",
            Action = "lambda:InvokeFunction",
            Principal = "s3.amazonaws.com",
            SourceArn = $"arn:aws:s3:::{_bucket}",
        });
        await CallAsync("put_bucket_notification_configuration", notification);
        for (var i = 0; i < 5; i++)
        {
            await CallAsync("put_object", new { Bucket = _bucket, Key = $"in/{i}", Body = Encoding.UTF8.GetBytes($"text {i}") });
        }

        await CallAsync("put_object", new { Bucket = _bucket, Key = "elsewhere", Body = "not told of"u8.ToArray() });
        var told = await WaitForLinesAsync("/aws/lambda/told", 5);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"told of ObjectCreated:Put in/{i}"), told.Order(StringComparer.Ordinal));
    }

    /// <summary>Each look takes the time of a request; thousands are more than the slowest machine needs.</summary>
    private async Task<List<string>> WaitForLinesAsync(string group, int count)
    {
        for (var look = 0; ; look++)
        {
            try
            {
                var found = await _client.CallAsync("logs", "filter_log_events", new { logGroupName = group, filterPattern = "\"told of\"" });
                var lines = found.GetProperty("events").EnumerateArray().Select(e => e.Text("message")!.TrimEnd('\n')).Distinct().ToList();
                if (lines.Count >= count)
                {
                    return lines;
                }
            }
            catch (ClientException early) when (early.Code == "ResourceNotFoundException")
            {
                // The group is made with the function's first line.
            }

            Assert.True(look < 5_000, $"{group} has no {count} lines.");
        }
    }

    private Task<JsonElement> CreateAsync() => CallAsync("create_bucket", new { Bucket = _bucket });

    private Task<JsonElement> CallAsync(string operation, object parameters) => _client.CallAsync("s3", operation, parameters);

    private async Task<ClientException> FailsAsync(string code, int status, string operation, object parameters)
    {
        var failure = await Assert.ThrowsAsync<ClientException>(() => CallAsync(operation, parameters));
        Assert.Equal((code, status), (failure.Code, failure.Status));
        return failure;
    }

    private async Task<HttpResponseMessage> PostAsync(JsonElement form, string content, params (string Name, string Value)[] more)
    {
        using var body = new MultipartFormDataContent();
        foreach (var field in form.GetProperty("fields").EnumerateObject())
        {
            body.Add(new StringContent(field.Value.GetString()!), $"\"{field.Name}\"");
        }

        foreach (var (name, value) in more)
        {
            body.Add(new StringContent(value), $"\"{name}\"");
        }

        body.Add(new StringContent(content), "\"file\"", "\"name.txt\"");
        return await daemon.Http.PostAsync(form.Text("url"), body);
    }

    private Task<HttpResponseMessage> PreflightAsync(string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, new Uri(daemon.Endpoint, $"/{_bucket}/k"));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "PUT");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");
        return daemon.Http.SendAsync(request);
    }
}
