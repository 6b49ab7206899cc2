namespace Petrel.Wasm;

/// <summary>What the daemon tells the process when it starts it; nothing of the function's is among it.</summary>
internal static class EnvironmentReader
{
    /// <summary>The descriptor of the frame socket.</summary>
    public static int FrameSocket => int.Parse(Environment.GetEnvironmentVariable("PETREL_FD")!);

    /// <summary>Whether it is started before it is known for what, so that it has time to make itself ready.</summary>
    public static bool IsWaiting => Environment.GetEnvironmentVariable("PETREL_WARM") == "1";
}
