namespace Petrel.Functions.Runtimes;

/// <summary>How long answers may be: Lambda's own limits.</summary>
internal static class AnswerLimits
{
    /// <summary>A buffered answer: 6 MiB and 100 bytes, as the error message of the real service says.</summary>
    public const int BufferedBytes = 6 * 1024 * 1024 + 100;

    /// <summary>A streamed answer: 200 MiB.</summary>
    public const long StreamedBytes = 200L * 1024 * 1024;

    /// <summary>An error body; longer ones are cut off by the real service as well.</summary>
    public const int ErrorBytes = 256 * 1024;
}
