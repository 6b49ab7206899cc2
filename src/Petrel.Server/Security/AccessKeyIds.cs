using System.Buffers.Binary;
using Petrel.Storage;

namespace Petrel.Server.Security;

/// <summary>
/// Identifiers as IAM makes them: a prefix that says the kind, and characters of base 32. An access key carries its account, so that
/// <c>GetAccessKeyInfo</c> needs no look-up: the first 48 bits are the account's number, shifted by 7.
/// </summary>
internal static class AccessKeyIds
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int KeyBytes = 10;

    /// <summary><c>AKIA…</c> or <c>ASIA…</c>: 20 characters.</summary>
    public static string NewKeyId(string prefix, string account, IIdSource ids)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes];
        ids.Fill(bytes);
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(head, (1UL << 63) | (ulong.Parse(account) << 23) | (uint)(bytes[5] & 0x7F) << 16);
        head[..6].CopyTo(bytes);
        return prefix + Encode(bytes);
    }

    /// <summary>The account of an access key; null for one that was not made so.</summary>
    public static string? AccountOf(string accessKeyId)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (accessKeyId.Length != 20 || !TryDecode(accessKeyId.AsSpan(4), bytes))
        {
            return null;
        }

        var account = (BinaryPrimitives.ReadUInt64BigEndian(bytes) & ~(1UL << 63)) >> 23;
        return account < 1_000_000_000_000 ? account.ToString("D12") : null;
    }

    /// <summary><c>AROA…</c>, <c>AIDA…</c>, <c>ANPA…</c>: the unique id of a role, user or policy, 21 characters.</summary>
    public static string NewUniqueId(string prefix, IIdSource ids)
    {
        Span<byte> bytes = stackalloc byte[11];
        ids.Fill(bytes);
        return prefix + Encode(bytes)[..17];
    }

    /// <summary>40 characters.</summary>
    public static string NewSecret(IIdSource ids)
    {
        Span<byte> bytes = stackalloc byte[30];
        ids.Fill(bytes);
        return Convert.ToBase64String(bytes);
    }

    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[(bytes.Length * 8 + 4) / 5];
        for (var i = 0; i < text.Length; i++)
        {
            var bit = i * 5;
            var pair = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[bit / 8 + 1] : 0);
            text[i] = Base32[(pair >> (11 - (bit % 8))) & 31];
        }

        return new string(text);
    }

    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        bytes.Clear();
        for (var i = 0; i * 5 < bytes.Length * 8; i++)
        {
            var value = Base32.IndexOf(text[i], StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            for (var bit = 0; bit < 5 && i * 5 + bit < bytes.Length * 8; bit++)
            {
                var at = i * 5 + bit;
                bytes[at / 8] |= (byte)(((value >> (4 - bit)) & 1) << (7 - (at % 8)));
            }
        }

        return true;
    }
}
