using System.Buffers.Binary;
using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Petrel.Functions.Sandboxes.Native;

namespace Petrel.Functions.Sandboxes.Network;

/// <summary>
/// Speaks rtnetlink with the kernel: links, addresses, routes. A socket stays in the namespace that its thread was in when it was made.
/// Starting <c>ip</c> for the same would cost a process for each command.
/// </summary>
internal sealed unsafe partial class Netlink : IDisposable
{
    private const int Family = 16, Raw = 3, CloseOnExec = 0x80000;
    private const ushort NewLink = 16, NewAddress = 20, NewRoute = 24;
    private const ushort Request = 1, Acknowledge = 4, Create = 0x400, Exclusive = 0x200;
    private readonly int _socket;
    private readonly byte[] _message = new byte[1024];
    private int _length;
    private uint _sequence;

    public Netlink()
    {
        _socket = OpenSocket(Family, Raw | CloseOnExec, 0);
        Libc.Check(_socket, "netlink socket");
    }

    /// <summary>A pair of connected interfaces: one here, its peer in the namespace of <paramref name="peerNamespace"/>.</summary>
    public void CreatePair(string name, string peer, int peerNamespace)
    {
        Begin(NewLink, Create | Exclusive);
        Link(index: 0, up: false);
        Attribute(3, name); // IFLA_IFNAME
        var info = Open(18); // IFLA_LINKINFO
        Attribute(1, "veth"); // IFLA_INFO_KIND
        var data = Open(2); // IFLA_INFO_DATA
        var other = Open(1); // VETH_INFO_PEER
        Link(index: 0, up: false);
        Attribute(3, peer);
        Attribute(28, peerNamespace); // IFLA_NET_NS_FD
        Close(other);
        Close(data);
        Close(info);
        Send($"create {name}");
    }

    public void BringUp(string name)
    {
        Begin(NewLink, 0);
        Link(index: 0, up: true);
        Attribute(3, name);
        Send($"bring up {name}");
    }

    /// <summary>Puts an interface into a group, by which rules know it.</summary>
    public void SetGroup(string name, int group)
    {
        Begin(NewLink, 0);
        Link(index: 0, up: null);
        Attribute(3, name);
        Attribute(27, group); // IFLA_GROUP
        Send($"group of {name}");
    }

    public void AddAddress(string name, IPAddress address, int prefixLength)
    {
        Begin(NewAddress, Create | Exclusive);
        Append([2, (byte)prefixLength, 0, 0]);
        Append(Index(name));
        Attribute(2, address.GetAddressBytes()); // IFA_LOCAL
        Attribute(1, address.GetAddressBytes()); // IFA_ADDRESS
        Send($"add {address}");
    }

    public void AddDefaultRoute(IPAddress gateway)
    {
        Begin(NewRoute, Create | Exclusive);
        Append([2, 0, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0]); // IPv4, main table, static, universe, unicast
        Attribute(5, gateway.GetAddressBytes()); // RTA_GATEWAY
        Send("add a route");
    }

    private static int Index(string name)
    {
        var index = InterfaceIndex(name);
        Libc.Check(index == 0 ? -1 : 0, $"interface {name}");
        return (int)index;
    }

    private void Begin(ushort type, ushort flags)
    {
        _length = 0;
        Append(0); // the length, written at the end
        Append(type);
        Append((ushort)(Request | Acknowledge | flags));
        Append((int)++_sequence);
        Append(0);
    }

    /// <param name="up">Null: the interface stays up or down as it is.</param>
    private void Link(int index, bool? up)
    {
        Append([0, 0, 0, 0]);
        Append(index);
        Append(up is true ? 1 : 0); // IFF_UP
        Append(up is true ? 1 : 0); // which flags change
    }

    private int Open(ushort type)
    {
        var start = _length;
        Append((ushort)0);
        Append(type);
        return start;
    }

    private void Close(int start) => BinaryPrimitives.WriteUInt16LittleEndian(_message.AsSpan(start), (ushort)(_length - start));

    private void Attribute(ushort type, string text) => Attribute(type, [.. Encoding.ASCII.GetBytes(text), 0]);

    private void Attribute(ushort type, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Attribute(type, bytes);
    }

    private void Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var start = Open(type);
        Append(value);
        Close(start);
        _length = (_length + 3) & ~3;
    }

    private void Append(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_message.AsSpan(_length), value);
        _length += 2;
    }

    private void Append(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_message.AsSpan(_length), value);
        _length += 4;
    }

    private void Append(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_message.AsSpan(_length));
        _message.AsSpan(_length + value.Length, (4 - (value.Length & 3)) & 3).Clear();
        _length += value.Length;
    }

    private void Send(string what)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_message, _length);
        fixed (byte* start = _message)
        {
            Libc.Check((int)Libc.Write(_socket, start, (nuint)_length), what);
            var count = (int)Libc.Read(_socket, start, (nuint)_message.Length);
            Libc.Check(count, what);
            var error = -BinaryPrimitives.ReadInt32LittleEndian(_message.AsSpan(16)); // the acknowledgement's code
            if (error != 0)
            {
                throw new Win32Exception(error, $"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
    }

    public void Dispose() => _ = Libc.Close(_socket);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint InterfaceIndex(string name);
}
