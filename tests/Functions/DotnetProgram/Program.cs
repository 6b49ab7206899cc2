// A runtime client in its smallest form: fetches events and answers with them.
var api = $"http://{Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")}/2018-06-01/runtime/invocation/";
using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
while (true)
{
    using var next = await client.GetAsync(api + "next");
    var id = next.Headers.GetValues("Lambda-Runtime-Aws-Request-Id").Single();
    var text = await next.Content.ReadAsStringAsync();
    using var answer = await client.PostAsync($"{api}{id}/response", new StringContent($"{{\"program\":{text}}}"));
}
