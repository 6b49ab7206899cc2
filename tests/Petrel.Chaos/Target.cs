using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Petrel.Client;

namespace Petrel.Chaos;

/// <summary>One function of the load: it is invoked by many at a time, and changed by one.</summary>
internal sealed class Target(string name, Role role)
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile int _number;
    private volatile int _changes;
    private volatile bool _exists;

    public string Name => name;

    /// <summary>What is wrong with how an invocation ended; null when nothing is.</summary>
    public async Task<string?> InvokeAsync(LambdaClient lambda, CancellationToken cancellationToken)
    {
        var (changes, number) = (_changes, _number);
        if (!_exists)
        {
            return null;
        }

        try
        {
            var answer = await lambda.InvokeAsync(new InvokeRequest(name, "{}"u8.ToArray()), cancellationToken);
            return Judge(answer, sure: changes == _changes && changes % 2 == 0, number);
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.TooManyRequests)
        {
            return null; // that is the answer of a limit
        }
        catch (ApiException) when (changes != _changes || changes % 2 == 1)
        {
            return null; // it was being changed, or was not there
        }
        catch (ApiException e)
        {
            return $"{name} ({role.Name}): {e.Describe()}";
        }
    }

    public Task CreateAsync(LambdaClient lambda, int number, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        if (_exists)
        {
            return;
        }

        await lambda.CreateAsync(
            new JsonObject
            {
                ["FunctionName"] = name,
                ["Runtime"] = role.Runtime,
                ["Handler"] = role.Handler,
                ["Role"] = "arn:aws:iam::000000000000:role/chaos",
                ["Timeout"] = role.ErrorType == "Sandbox.Timedout" ? 1 : 30,
                ["MemorySize"] = 256,
                ["Code"] = new JsonObject { ["ZipFile"] = Convert.ToBase64String(role.Package(number)) },
            },
            cancellationToken);
        await lambda.WaitUntilReadyAsync(name, cancellationToken);
        (_number, _exists) = (number, true);
    }, cancellationToken);

    public Task UpdateAsync(LambdaClient lambda, int number, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        if (_exists)
        {
            await lambda.UpdateCodeAsync(name, new JsonObject { ["ZipFile"] = Convert.ToBase64String(role.Package(number)) }, cancellationToken);
            await lambda.WaitUntilReadyAsync(name, cancellationToken);
            _number = number;
        }
    }, cancellationToken);

    public Task ReserveAsync(ApiClient api, int concurrency, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        if (_exists)
        {
            await api.RestAsync(
                HttpMethod.Put, "lambda", $"/2017-10-31/functions/{name}/concurrency",
                new JsonObject { ["ReservedConcurrentExecutions"] = concurrency }, cancellationToken);
        }
    }, cancellationToken);

    public Task DeleteAsync(LambdaClient lambda, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        if (_exists)
        {
            _exists = false;
            await lambda.DeleteAsync(name, cancellationToken);
        }
    }, cancellationToken);

    /// <summary>After the daemon was killed it is not known what the last change became; the function is made anew.</summary>
    public async Task RecoverAsync(LambdaClient lambda, int number, CancellationToken cancellationToken)
    {
        try
        {
            await lambda.DeleteAsync(name, cancellationToken);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // It had been deleted.
        }

        _exists = false;
        await CreateAsync(lambda, number, cancellationToken);
    }

    private async Task ChangeAsync(Func<Task> change, CancellationToken cancellationToken)
    {
        if (!await _changing.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return; // another is at it
        }

        Interlocked.Increment(ref _changes); // odd: being changed
        try
        {
            await change();
        }
        finally
        {
            Interlocked.Increment(ref _changes);
            _changing.Release();
        }
    }

    private string? Judge(InvokeAnswer answer, bool sure, int number)
    {
        var payload = Encoding.UTF8.GetString(answer.Payload);
        var type = answer.FunctionError is null ? null : JsonDocument.Parse(payload).RootElement.GetProperty("errorType").GetString();
        if (type == role.ErrorType || role.OtherErrorTypes.Contains(type))
        {
            return type is not null || !sure || payload == $"{number}" ? null : $"{name} ({role.Name}) answered {payload} instead of {number}";
        }

        return $"{name} ({role.Name}) ended as {payload}";
    }
}
