namespace Hello;

/// <summary>Answers hello, and prints nothing.</summary>
public sealed class Function
{
    private static readonly byte[] Answer = "\"Hello from Petrel\""u8.ToArray();

    public Stream Handle(Stream input) => new MemoryStream(Answer);
}
