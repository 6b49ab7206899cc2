namespace Petrel.Storage;

/// <summary>What one write of a transaction does.</summary>
internal enum OperationKind : byte
{
    Put,
    Delete,
    DeleteRange,
    Add,
    Append,
    TrimLog,
}

/// <summary>One write of a transaction, in the order of the calls. <see cref="Second"/> is a value, or the end of a range.</summary>
internal readonly record struct Operation(OperationKind Kind, Key Key, ReadOnlyMemory<byte> Second, long Number)
{
    public ReadOnlyMemory<byte> Value => Second;

    public KeyRange Range => new(Key, new Key(Second));

    public LogPosition Through => new((ulong)Number);
}
