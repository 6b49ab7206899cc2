using System.Reflection;
using System.Runtime.Loader;
using System.Text;

namespace Petrel.Bootstrap;

/// <summary>
/// What a process does that waits in a pool, before it is known for which function: the first time of everything that a start needs. It
/// touches nothing that reads the environment once (the context, time zones, cultures), and none of the function's assemblies.
/// </summary>
internal static class Exercise
{
    private const string Type = "Petrel.Bootstrap.ExercisedHandlers";

    /// <summary>Methods are compiled better after thirty calls, beside the process; what happens once in a start gets there by some rounds.</summary>
    private const int Rounds = 3;

    private static Action<string>? _action;

    public static void Run()
    {
        Log.Install();
        Log.Write("Information", "warm");

        // This file a second time stands for the function's: it is opened, mapped, searched and compiled as that will be, and then forgotten.
        var context = new AssemblyLoadContext("warm", isCollectible: true);
        var assembly = context.LoadFromAssemblyPath(typeof(Exercise).Assembly.Location);
        for (var round = 0; round < Rounds; round++)
        {
            Adopt();
            Call(assembly, nameof(ExercisedHandlers.Map), """{"a":[1,"b",null,2.5,true]}""");
            Call(assembly, nameof(ExercisedHandlers.Record), """{"name":"a","count":1,"parts":["b"]}""");
            Call(assembly, nameof(ExercisedHandlers.Text), "\"a\"");
            Call(assembly, nameof(ExercisedHandlers.Raw), "{}");
            Connect();
        }

        context.Unload();
        Log.Flush();
    }

    private static void Adopt()
    {
        var init = Init.Read("""{"env":{"PETREL_WARM":"0"},"taskRoot":"/","handler":"a::b::c"}"""u8);
        init.Adopt(Directory.GetCurrentDirectory());
        Native.RemoveVariable("PETREL_WARM\0"u8);
        Environment.SetEnvironmentVariable("PETREL_WARM", null);
        _ = HandlerMethod.Split(init.HandlerName);
    }

    private static void Call(Assembly assembly, string method, string text)
    {
        var handler = Handler.Of(assembly, HandlerMethod.Find(assembly, Type, method));
        var header = """{"requestId":"0","deadlineMs":0,"functionArn":"a"}"""u8;
        var frame = new byte[4 + header.Length + text.Length];
        frame[0] = (byte)header.Length;
        header.CopyTo(frame.AsSpan(4));
        Encoding.UTF8.GetBytes(text, frame.AsSpan(4 + header.Length));
        for (var i = 0; i < 2; i++)
        {
            var invocation = InvocationHeader.Read(frame, out var payload);
            invocation.ForwardTrace();
            _ = handler.Invoke(payload, invocation);
        }
    }

    /// <summary>As a function's logger is connected.</summary>
    private static void Connect()
    {
        _ = typeof(Exercise).Assembly.GetReferencedAssemblies().Any(a => a.Name == "none");
        typeof(Exercise).GetField(nameof(_action), BindingFlags.NonPublic | BindingFlags.Static)?.SetValue(null, (Action<string>)(m => Log.Write("Information", m)));
        _action = null;
    }
}

/// <summary>Handlers as functions have them.</summary>
internal sealed class ExercisedHandlers
{
    public sealed record Order(string Name, int Count, string[] Parts);

    public static async Task<Dictionary<string, object>> Map(Dictionary<string, object> input)
    {
        await Task.Yield();
        return input;
    }

    public Order Record(Order order) => order with { Count = order.Count + 1 };

    public string Text(string text) => text.ToUpperInvariant();

    public async Task<Stream> Raw(Stream input)
    {
        var copy = new MemoryStream();
        await input.CopyToAsync(copy);
        return copy;
    }
}
