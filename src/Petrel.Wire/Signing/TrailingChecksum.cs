using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Security.Cryptography;

namespace Petrel.Wire.Signing;

/// <summary>The checksum of a body that its trailers promise, computed beside the reading.</summary>
internal abstract class TrailingChecksum(string name) : IDisposable
{
    /// <param name="trailer">The value of <c>x-amz-trailer</c>.</param>
    public static TrailingChecksum? Create(string? trailer) => trailer?.Trim().ToLowerInvariant() switch
    {
        null or "" => null,
        "x-amz-checksum-crc32" => new Crc("x-amz-checksum-crc32", new Crc32()),
        "x-amz-checksum-crc32c" => new Crc32C(),
        "x-amz-checksum-crc64nvme" => new Crc64Nvme(),
        "x-amz-checksum-sha1" => new Sha("x-amz-checksum-sha1", HashAlgorithmName.SHA1),
        "x-amz-checksum-sha256" => new Sha("x-amz-checksum-sha256", HashAlgorithmName.SHA256),
        _ => throw new CommonException("InvalidRequest", "The value specified in the x-amz-trailer header is not supported", 400),
    };

    public abstract void Append(ReadOnlySpan<byte> data);

    /// <exception cref="CommonException">The checksum is missing or another one (<c>BadDigest</c>).</exception>
    public void Check(Dictionary<string, string> trailers)
    {
        if (!trailers.TryGetValue(name, out var given))
        {
            throw new CommonException("MalformedTrailerError", $"The request promised the trailer {name} and did not send it.", 400);
        }

        if (given != Convert.ToBase64String(Finish()))
        {
            throw new CommonException("BadDigest", $"The {name["x-amz-checksum-".Length..].ToUpperInvariant()} you specified did not match the calculated checksum.", 400);
        }
    }

    public virtual void Dispose()
    {
    }

    protected abstract byte[] Finish();

    private sealed class Crc(string name, NonCryptographicHashAlgorithm hash) : TrailingChecksum(name)
    {
        public override void Append(ReadOnlySpan<byte> data) => hash.Append(data);

        /// <summary>The library gives the number's bytes from the lowest, the services from the highest.</summary>
        protected override byte[] Finish()
        {
            var bytes = hash.GetCurrentHash();
            Array.Reverse(bytes);
            return bytes;
        }
    }

    private sealed class Crc32C() : TrailingChecksum("x-amz-checksum-crc32c")
    {
        private uint _value = uint.MaxValue;

        public override void Append(ReadOnlySpan<byte> data)
        {
            foreach (var value in data)
            {
                _value = BitOperations.Crc32C(_value, value);
            }
        }

        protected override byte[] Finish()
        {
            var bytes = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, ~_value);
            return bytes;
        }
    }

    private sealed class Crc64Nvme() : TrailingChecksum("x-amz-checksum-crc64nvme")
    {
        /// <summary>The polynomial of NVMe's specification, bits reversed.</summary>
        private const ulong Polynomial = 0x9A6C9329AC4BC9B5;

        private static readonly ulong[] Table = CreateTable();

        private ulong _value = ulong.MaxValue;

        public override void Append(ReadOnlySpan<byte> data)
        {
            foreach (var value in data)
            {
                _value = Table[(byte)(_value ^ value)] ^ (_value >> 8);
            }
        }

        protected override byte[] Finish()
        {
            var bytes = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, ~_value);
            return bytes;
        }

        private static ulong[] CreateTable()
        {
            var table = new ulong[256];
            for (var i = 0; i < table.Length; i++)
            {
                var entry = (ulong)i;
                for (var bit = 0; bit < 8; bit++)
                {
                    entry = (entry & 1) == 0 ? entry >> 1 : (entry >> 1) ^ Polynomial;
                }

                table[i] = entry;
            }

            return table;
        }
    }

    private sealed class Sha(string name, HashAlgorithmName algorithm) : TrailingChecksum(name)
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm);

        public override void Append(ReadOnlySpan<byte> data) => _hash.AppendData(data);

        public override void Dispose() => _hash.Dispose();

        protected override byte[] Finish() => _hash.GetHashAndReset();
    }
}
