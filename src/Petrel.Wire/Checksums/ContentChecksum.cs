using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Petrel.Wire.Checksums;

/// <summary>The checksums that clients may ask for beside MD5.</summary>
public enum ChecksumAlgorithm
{
    Crc32,
    Crc32C,
    Crc64Nvme,
    Sha1,
    Sha256,
}

/// <summary>A checksum of bytes that come piece by piece.</summary>
public abstract class ContentChecksum(ChecksumAlgorithm algorithm) : IDisposable
{
    public ChecksumAlgorithm Algorithm { get; } = algorithm;

    public static ContentChecksum Create(ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => new Crc32Checksum(),
        ChecksumAlgorithm.Crc32C => new Crc32CChecksum(),
        ChecksumAlgorithm.Crc64Nvme => new Crc64NvmeChecksum(),
        ChecksumAlgorithm.Sha1 => new ShaChecksum(algorithm, HashAlgorithmName.SHA1),
        ChecksumAlgorithm.Sha256 => new ShaChecksum(algorithm, HashAlgorithmName.SHA256),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
    };

    public abstract void Append(ReadOnlySpan<byte> data);

    /// <summary>The checksum's bytes, the highest first. Called once.</summary>
    public abstract byte[] Finish();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        // Most checksums hold nothing but a number.
    }

    private sealed class Crc32Checksum() : ContentChecksum(ChecksumAlgorithm.Crc32)
    {
        private readonly Crc32 _crc = new();

        public override void Append(ReadOnlySpan<byte> data) => _crc.Append(data);

        /// <summary>The library gives the number's bytes from the lowest, the services from the highest.</summary>
        public override byte[] Finish()
        {
            var bytes = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, _crc.GetCurrentHashAsUInt32());
            return bytes;
        }
    }

    private sealed class Crc32CChecksum() : ContentChecksum(ChecksumAlgorithm.Crc32C)
    {
        private uint _value = uint.MaxValue;

        public override void Append(ReadOnlySpan<byte> data)
        {
            var value = _value;
            var words = MemoryMarshal.Cast<byte, ulong>(data);
            foreach (var word in words)
            {
                value = BitOperations.Crc32C(value, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
            }

            foreach (var rest in data[(words.Length * sizeof(ulong))..])
            {
                value = BitOperations.Crc32C(value, rest);
            }

            _value = value;
        }

        public override byte[] Finish()
        {
            var bytes = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, ~_value);
            return bytes;
        }
    }

    private sealed class Crc64NvmeChecksum() : ContentChecksum(ChecksumAlgorithm.Crc64Nvme)
    {
        private ulong _value = ulong.MaxValue;

        public override void Append(ReadOnlySpan<byte> data) => _value = Crc64Nvme.Update(_value, data);

        public override byte[] Finish()
        {
            var bytes = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, ~_value);
            return bytes;
        }
    }

    private sealed class ShaChecksum(ChecksumAlgorithm algorithm, HashAlgorithmName name) : ContentChecksum(algorithm)
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(name);

        public override void Append(ReadOnlySpan<byte> data) => _hash.AppendData(data);

        public override byte[] Finish() => _hash.GetHashAndReset();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _hash.Dispose();
            }
        }
    }
}
