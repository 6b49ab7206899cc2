using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Petrel.Functions.Sandboxes;

/// <summary>What a waiting first program is told: the process that it becomes (docs/frames.md).</summary>
internal static class Become
{
    /// <summary>What the stem takes.</summary>
    private const int MaxBytes = 1 << 20, MaxStrings = 8192;

    private const byte Kind = 0x03;
    private const int LengthBytes = 4, FixedBytes = 6; // kind, channel, number of arguments

    /// <summary>Starts the plan's command in a sandbox that was started with <see cref="LaunchPlan.Waits"/>.</summary>
    /// <param name="environment">All variables of the process; <c>PETREL_FD</c> is added when it keeps the channel.</param>
    public static async Task SendAsync(Socket frames, LaunchPlan plan, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<byte> frame = Encode(plan.Command, environment, plan.FrameChannel);
        while (!frame.IsEmpty)
        {
            frame = frame[await frames.SendAsync(frame, SocketFlags.None, cancellationToken)..];
        }
    }

    public static byte[] Encode(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, bool keepChannel)
    {
        var strings = new List<string>(command);
        strings.AddRange(environment.Select(variable => $"{variable.Key}={variable.Value}"));
        if (keepChannel)
        {
            strings.Add("PETREL_FD=3");
        }

        // A value that holds a NUL would go on as a variable of its own.
        if (strings.Exists(s => s.Contains('\0', StringComparison.Ordinal)))
        {
            throw new FunctionStartException("InvalidParameterValueException", "A variable or path of the function contains a NUL character");
        }

        var text = Encoding.UTF8.GetBytes(string.Join('\0', strings) + '\0');
        if (text.Length + FixedBytes > MaxBytes || strings.Count >= MaxStrings)
        {
            throw new FunctionStartException("InvalidParameterValueException", "The function's variables are too many or too long");
        }

        var frame = new byte[LengthBytes + FixedBytes + text.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - LengthBytes);
        frame[LengthBytes] = Kind;
        frame[LengthBytes + 1] = keepChannel ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(LengthBytes + 2), command.Count);
        text.CopyTo(frame, LengthBytes + FixedBytes);
        return frame;
    }
}
