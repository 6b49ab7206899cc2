namespace Petrel.Functions.Runtimes.Catalogue;

/// <summary>Decides what each identifier runs on: the version that it names, or the nearest installed one.</summary>
internal static class CatalogueBuilder
{
    /// <param name="folder">Where further versions are put.</param>
    public static RuntimeCatalogue Build(IReadOnlyList<InstalledProgram> installed, string folder = "DATA/runtimes") =>
        new(RuntimeIdentifier.All.ToDictionary(i => i.Name, i => Decide(i, installed, folder)));

    private static RuntimeInfo Decide(RuntimeIdentifier identifier, IReadOnlyList<InstalledProgram> installed, string folder)
    {
        if (identifier.Language is null)
        {
            var program = identifier.ServesHttp ? "/bin/sh" : "/var/task/bootstrap";
            return Own(identifier, new RuntimeInfo(identifier.Name, identifier.Family, program, InstalledVersion: null, Exact: true, Problem: null));
        }

        if (identifier.Family == "wasm")
        {
            return installed.FirstOrDefault(p => p.Family == "dotnet" && p.Version.Major >= identifier.Wanted!.Major) is { } host
                ? new RuntimeInfo(identifier.Name, identifier.Family, host.Path, Wasm.WasmWorker.WasmtimeVersion, Exact: true, Problem: null)
                : Missing(identifier, $"WebAssembly functions run in a .NET program. {HowToInstall(identifier, folder)}");
        }

        // MinBy keeps the first of equals: the order in which programs were found is the order of preference.
        var nearest = installed.Where(p => p.Family == identifier.Language).MinBy(p => identifier.DistanceTo(p.Version));
        if (nearest is null)
        {
            return Missing(identifier, $"{NameOf(identifier.Language)} is not installed. {HowToInstall(identifier, folder)}");
        }

        var exact = identifier.IsExact(nearest.Version);
        var problem = exact
            ? null
            : $"{identifier.Name} runs on {NameOf(identifier.Language)} {nearest.Version}, the nearest version that is installed. {HowToInstall(identifier, folder)}";
        return Own(identifier, new RuntimeInfo(identifier.Name, identifier.Family, nearest.Path, nearest.Version.ToString(), exact, problem));
    }

    private static RuntimeInfo Own(RuntimeIdentifier identifier, RuntimeInfo runtime) => runtime with { ServesHttp = identifier.ServesHttp };

    private static RuntimeInfo Missing(RuntimeIdentifier identifier, string problem) =>
        new(identifier.Name, identifier.Family, Program: null, InstalledVersion: null, Exact: false, problem);

    private static string HowToInstall(RuntimeIdentifier identifier, string folder) => identifier.Language switch
    {
        _ when identifier.Wanted is null => $"To add it: apt-get install {(identifier.Language is "nodejs" ? "nodejs" : "python3")}",
        "nodejs" => $"To add it: npm install --prefix {folder}/nodejs{identifier.Wanted!.Major} node@{identifier.Wanted.Major}",
        "python" => $"To add it: put it at {folder}/python{identifier.Wanted}/bin/python3, or install it with pyenv or uv.",
        "java" when identifier.Wanted!.Major < ProgramFinder.OldestJava => $"Every Java from {ProgramFinder.OldestJava} on runs it: sudo apt-get install default-jdk-headless",
        "java" => $"To add it: sudo apt-get install default-jdk-headless (Java 17 or newer), or put a JDK at {folder}/java{identifier.Wanted!.Major}",
        "ruby" => $"To add it: put it at {folder}/ruby{identifier.Wanted}/bin/ruby, or install it with rbenv; any version: sudo apt-get install ruby",
        _ => $"To add it: install the .NET {identifier.Wanted} runtime.",
    };

    private static string NameOf(string family) => family switch
    {
        "nodejs" => "Node.js",
        "python" => "Python",
        "dotnet" => ".NET",
        "java" => "Java",
        "ruby" => "Ruby",
        _ => family,
    };
}
