using System.Text;

namespace Petrel.Bootstrap;

/// <summary>
/// What a process does that waits in a pool, before it is known for which function: the first time of everything that a start needs. It
/// touches nothing that reads the environment once (the context, time zones, cultures), and none of the function's assemblies.
/// </summary>
internal static class Exercise
{
    public static void Run()
    {
        Log.Install();
        Log.Write("Information", "warm");
        var init = Init.Read("""{"env":{"PETREL_WARM":"0"},"taskRoot":"/","handler":"Petrel.Bootstrap::Petrel.Bootstrap.Exercise::Echo"}"""u8);
        var (_, type, method) = HandlerMethod.Split(init.HandlerName);
        var assembly = typeof(Exercise).Assembly;
        var handler = Handler.Of(assembly, HandlerMethod.Find(assembly, type, method));
        var header = """{"requestId":"0","deadlineMs":0,"functionArn":"a"}"""u8;
        var frame = new byte[4 + header.Length + 2];
        frame[0] = (byte)header.Length;
        header.CopyTo(frame.AsSpan(4));
        Encoding.UTF8.GetBytes("{}", frame.AsSpan(4 + header.Length));
        for (var i = 0; i < 2; i++)
        {
            var invocation = InvocationHeader.Read(frame, out var payload);
            invocation.ForwardTrace();
            _ = handler.Invoke(payload, invocation);
        }

        Native.SetVariable("PETREL_WARM", "0");
        Native.RemoveVariable("PETREL_WARM\0"u8);
        Environment.SetEnvironmentVariable("PETREL_WARM", null);
        Log.Flush();
    }

    public static async Task<Dictionary<string, object>> Echo(Dictionary<string, object> input)
    {
        await Task.Yield();
        return input;
    }
}
