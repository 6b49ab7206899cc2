using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Petrel.Packaging;

/// <summary>What the head of a class file says (Java Virtual Machine Specification, chapter 4).</summary>
/// <param name="Version">The version of Java that loads it: 17.</param>
/// <param name="IsHandler">Whether it is public, can be made, and implements one of the interfaces of handlers itself.</param>
internal sealed record JavaClass(string Name, int Version, bool IsHandler)
{
    private const string Extension = ".class";
    private const uint Magic = 0xCAFEBABE;

    /// <summary>The number that class files of Java 1 would have.</summary>
    private const int FirstVersion = 44;
    private const int Public = 0x0001, Interface = 0x0200, Abstract = 0x0400;

    private static readonly string[] Handlers =
        ["com/amazonaws/services/lambda/runtime/RequestHandler", "com/amazonaws/services/lambda/runtime/RequestStreamHandler"];

    /// <summary>The classes of a package. Those that only other versions of Java see, and modules, are left out.</summary>
    public static IReadOnlyList<JavaClass> ReadAll(ZipArchive archive) =>
        [.. archive.Entries
            .Where(e => e.FullName.EndsWith(Extension, StringComparison.Ordinal) && !e.FullName.StartsWith("META-INF/", StringComparison.Ordinal) && e.Name != "module-info.class")
            .Select(Read)
            .OfType<JavaClass>()];

    private static JavaClass? Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        try
        {
            return Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
        catch (ArgumentOutOfRangeException)
        {
            return null; // Cut off.
        }
    }

    /// <summary>Null for what is no class file.</summary>
    internal static JavaClass? Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < 10 || BinaryPrimitives.ReadUInt32BigEndian(file) != Magic)
        {
            return null;
        }

        var version = BinaryPrimitives.ReadUInt16BigEndian(file[6..]) - FirstVersion;
        var count = BinaryPrimitives.ReadUInt16BigEndian(file[8..]);
        var texts = new string?[count];
        var classes = new int[count];
        var at = 10;
        for (var i = 1; i < count; i++)
        {
            var tag = file[at];
            var entry = file[(at + 1)..];
            if (tag == 1)
            {
                texts[i] = Encoding.UTF8.GetString(entry.Slice(2, BinaryPrimitives.ReadUInt16BigEndian(entry)));
            }
            else if (tag == 7)
            {
                classes[i] = BinaryPrimitives.ReadUInt16BigEndian(entry);
            }

            var size = Size(tag, entry);
            if (size < 0)
            {
                return null;
            }

            at += 1 + size;
            i += tag is 5 or 6 ? 1 : 0; // A long or double counts twice.
        }

        string NameAt(ReadOnlySpan<byte> place) => texts[classes[BinaryPrimitives.ReadUInt16BigEndian(place)]] ?? "";
        var flags = BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
        var isHandler = (flags & (Public | Interface | Abstract)) == Public && ImplementsHandler(file[(at + 6)..], texts, classes);
        return new JavaClass(NameAt(file[(at + 2)..]).Replace('/', '.'), version, isHandler);
    }

    private static bool ImplementsHandler(ReadOnlySpan<byte> interfaces, string?[] texts, int[] classes)
    {
        for (var i = 1; i <= BinaryPrimitives.ReadUInt16BigEndian(interfaces); i++)
        {
            if (Handlers.Contains(texts[classes[BinaryPrimitives.ReadUInt16BigEndian(interfaces[(2 * i)..])]]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of a constant after its tag; -1 for one that is not known.</summary>
    private static int Size(byte tag, ReadOnlySpan<byte> entry) => tag switch
    {
        1 => 2 + BinaryPrimitives.ReadUInt16BigEndian(entry),
        7 or 8 or 16 or 19 or 20 => 2,
        15 => 3,
        3 or 4 or 9 or 10 or 11 or 12 or 17 or 18 => 4,
        5 or 6 => 8,
        _ => -1,
    };
}
