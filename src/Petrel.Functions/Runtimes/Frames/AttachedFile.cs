using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Petrel.Functions.Runtimes.Frames;

/// <summary>Sends a frame and a descriptor with it, which .NET's sockets cannot.</summary>
internal static unsafe partial class AttachedFile
{
    private const int SocketLevel = 1, Rights = 1;
    private const int ControlHeadBytes = 16;

    /// <summary>The socket's buffer is empty and the frame shorter than it, so that nothing waits and nothing is left over.</summary>
    public static void Send(Socket socket, ReadOnlySpan<byte> frame, SafeHandle file)
    {
        var control = stackalloc long[3];
        control[0] = ControlHeadBytes + sizeof(int);
        ((int*)control)[2] = SocketLevel;
        ((int*)control)[3] = Rights;
        ((int*)control)[4] = (int)file.DangerousGetHandle(); // The caller keeps it open.
        fixed (byte* start = frame)
        {
            var part = new Part { Start = start, Length = (nuint)frame.Length };
            var message = new Message { Parts = &part, PartCount = 1, Control = control, ControlLength = 3 * sizeof(long) };
            const int noSignal = 0x4000;
            var sent = SendMessage((int)socket.Handle, &message, noSignal);
            if (sent != frame.Length)
            {
                throw new SocketException(sent < 0 ? (int)SocketError.ConnectionReset : (int)SocketError.MessageSize);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(int socket, Message* message, int flags);

    private struct Part
    {
        public byte* Start;
        public nuint Length;
    }

    private struct Message
    {
        public void* Name;
        public int NameLength;
        public Part* Parts;
        public nuint PartCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
