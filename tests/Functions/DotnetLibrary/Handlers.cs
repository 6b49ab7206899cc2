using System.Text;
using Amazon.Lambda.Core;

namespace Functions;

public record Order(string Customer, int[] Items);

public record Receipt(string Customer, int Total);

/// <summary>Handlers of every form.</summary>
public class Handlers
{
    private int _calls;

    public Receipt Plain(Order order) => new(order.Customer, order.Items.Sum());

    public static Receipt Static(Order order) => new(order.Customer, order.Items.Sum());

    public async Task<Receipt> Asynchronous(Order order, ILambdaContext context)
    {
        await Task.Yield();
        return new Receipt($"{order.Customer} of {context.FunctionName}", order.Items.Sum());
    }

    public ValueTask<int> Value(int number) => new(number + 1);

    public async Task Nothing(Order order) => await Task.Yield();

    public void Void()
    {
        // Its answer is null.
    }

    public Stream Raw(Stream input) => input;

    public async Task<Stream> RawAsynchronous(Stream input, ILambdaContext context)
    {
        var text = await new StreamReader(input).ReadToEndAsync();
        return new MemoryStream(Encoding.UTF8.GetBytes(text.ToUpperInvariant()));
    }

    public Dictionary<string, List<int>> Generic(Dictionary<string, List<int>> map) => map.ToDictionary(e => e.Key + "!", e => e.Value);

    public int Count() => _calls++;

    public Dictionary<string, object?> Context(Stream input, ILambdaContext context) => new()
    {
        ["requestId"] = context.AwsRequestId,
        ["name"] = context.FunctionName,
        ["version"] = context.FunctionVersion,
        ["arn"] = context.InvokedFunctionArn,
        ["group"] = context.LogGroupName,
        ["stream"] = context.LogStreamName,
        ["memory"] = context.MemoryLimitInMB,
        ["remaining"] = context.RemainingTime.TotalSeconds,
        ["custom"] = context.ClientContext?.Custom["foo"],
        ["title"] = context.ClientContext?.Client.AppTitle,
        ["trace"] = Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID"),
    };

    public string Fail(Order order) => throw new InvalidOperationException("Error: some_error_msg", new FormatException("inner"));

    public async Task<string> FailLater(Order order)
    {
        await Task.Yield();
        throw new InvalidOperationException("later");
    }

    public int Crash()
    {
        var thread = new Thread(() => throw new InvalidOperationException("on a thread"));
        thread.Start();
        thread.Join();
        return 0;
    }

    public int Exit()
    {
        Environment.Exit(9);
        return 0;
    }

    public int Log(Stream input, ILambdaContext context)
    {
        Console.WriteLine("one\ntwo");
        Console.Error.Write("part");
        Console.Error.WriteLine("s");
        context.Logger.LogWarning("careful");
        context.Logger.LogDebug("not shown");
        context.Logger.Log("Error", "order {id} of {customer}", 7, "Ann");
        LambdaLogger.Log("static");
        return 0;
    }

    public int Overloaded(int a) => a;

    public int Overloaded(string a) => a.Length;

    public T GenericMethod<T>(T value) => value;

#pragma warning disable MA0155 // That it is refused is what is tested.
    public async void AsyncVoid() => await Task.Yield();
#pragma warning restore MA0155

    public int TooMany(int a, int b, int c) => a + b + c;

    [LambdaSerializer(typeof(ReversingSerializer))]
    public string Reversed(string text) => text + "|";
}

public abstract class Abstract
{
    public int Handle() => 1;
}

public class FailsToStart
{
    public FailsToStart() => throw new InvalidOperationException("no start");

    public int Handle() => 1;
}

/// <summary>Text, backwards, in both directions.</summary>
public sealed class ReversingSerializer : ILambdaSerializer
{
    public T Deserialize<T>(Stream requestStream) => (T)(object)Reverse(new StreamReader(requestStream).ReadToEnd());

    public void Serialize<T>(T response, Stream responseStream) => responseStream.Write(Encoding.UTF8.GetBytes(Reverse(response!.ToString()!)));

    private static string Reverse(string text) => string.Concat(text.Reverse());
}
