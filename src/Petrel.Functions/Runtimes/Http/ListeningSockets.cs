using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Petrel.Functions.Runtimes.Http;

/// <summary>Which sockets listen inside a sandbox, for people who wonder why their program is not reached.</summary>
internal static class ListeningSockets
{
    private const string Listening = "0A";

    /// <summary>The platform's own listener.</summary>
    private const int PlatformPort = 4566;

    /// <param name="processId">The sandbox's outermost process; what it started is in the sandbox's network, itself perhaps not.</param>
    public static string Describe(int processId)
    {
        try
        {
            var children = File.ReadAllText($"/proc/{processId}/task/{processId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var network = $"/proc/{(children is [var inner, ..] ? inner : processId.ToString(CultureInfo.InvariantCulture))}/net/";
            var sockets = Read(network + "tcp").Concat(Read(network + "tcp6")).Where(s => s.Port != PlatformPort).Select(s => s.ToString()).ToArray();
            return sockets.Length == 0 ? "It listens nowhere." : $"It listens at {string.Join(", ", sockets)}.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static IEnumerable<IPEndPoint> Read(string table) => (File.Exists(table) ? File.ReadLines(table) : [])
        .Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(columns => columns.Length > 3 && columns[3] == Listening)
        .Select(columns => Parse(columns[1]));

    /// <summary>Hexadecimal words in the machine's byte order, a colon, the port.</summary>
    private static IPEndPoint Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var address = new byte[colon / 2];
        for (var i = 0; i < colon; i += 8)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(address.AsSpan(i / 2), uint.Parse(text.AsSpan(i, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        }

        return new IPEndPoint(new IPAddress(address), int.Parse(text.AsSpan(colon + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }
}
