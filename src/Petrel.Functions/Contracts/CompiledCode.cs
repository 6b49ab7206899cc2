namespace Petrel.Functions;

/// <summary>Where the engine keeps what it compiled from a folder of code. Whoever removes that folder removes this too.</summary>
public static class CompiledCode
{
    public static string FolderOf(string codeDirectory) => codeDirectory + ".compiled";
}
