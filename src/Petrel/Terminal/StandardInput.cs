using System.Runtime.InteropServices;

namespace Petrel.Terminal;

/// <summary>What is piped into this program.</summary>
internal static partial class StandardInput
{
    /// <summary>
    /// How long a pipe may take to say something. A program that starts this one may have left its own input open and never write to it.
    /// </summary>
    private const int PatienceMs = 2_000;

    private const short PollIn = 1;

    /// <summary>False for a terminal, and for a pipe that stays silent.</summary>
    public static bool HasData(CliContext context)
    {
        if (!Console.IsInputRedirected)
        {
            return false;
        }

        var input = new PollFd { Descriptor = 0, Events = PollIn };
        if (Poll(ref input, 1, PatienceMs) > 0)
        {
            return true;
        }

        context.Output.Warning("nothing came from standard input; the event is {}. To wait for one: --file -");
        return false;
    }

    public static async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollFd descriptors, ulong count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
