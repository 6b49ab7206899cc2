using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Petrel.Machine;

namespace Petrel.Packaging;

/// <summary>Builds a .NET function and finds its handler.</summary>
internal static class DotnetProject
{
    /// <summary>The names that the official templates give to class and method.</summary>
    private const string UsualType = "Function";
    private const string UsualMethod = "FunctionHandler";

    /// <summary>Publishes the project into a folder of its own.</summary>
    /// <returns>The handler, unless <paramref name="source"/> names one.</returns>
    public static async Task<string> PublishAsync(FunctionSource source, string target, CancellationToken cancellationToken)
    {
        var dotnet = new ExternalProgram("dotnet", source.Folder)
        {
            Environment = { ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["DOTNET_NOLOGO"] = "1" },
        };
        var result = await dotnet.RunAsync(
            ["publish", source.Project!, "-c", "Release", "--no-self-contained", "-o", target, "-v", "q", "--nologo", "-p:GenerateRuntimeConfigurationFiles=true"],
            cancellationToken);
        if (result.ExitCode != 0)
        {
            var errors = result.Lines.Where(l => l.Contains("error", StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.Ordinal).Take(20).ToArray();
            throw new CliException($"{source.Project} does not build:\n{string.Join('\n', errors.Length > 0 ? errors : [.. result.Lines.TakeLast(20)])}");
        }

        return source.Handler ?? FindHandler(source.Project!, target);
    }

    /// <summary>
    /// A program is named by its assembly; of a library the public method that the templates call <c>Function.FunctionHandler</c>, or the only one.
    /// </summary>
    internal static string FindHandler(string project, string published)
    {
        var assembly = AssemblyOf(project, published);
        using var file = new PEReader(File.OpenRead(Path.Combine(published, assembly + ".dll")));
        if (file.PEHeaders.CorHeader!.EntryPointTokenOrRelativeVirtualAddress != 0)
        {
            return assembly;
        }

        var methods = PublicMethods(file.GetMetadataReader()).ToArray();
        var usual = methods.Where(m => m.Method == UsualMethod).ToArray();
        var chosen = usual.Where(m => m.Type.Split('.')[^1] == UsualType).Concat(usual.Length == 1 ? usual : []).Concat(methods.Length == 1 ? methods : []).ToArray();
        return chosen.Length > 0
            ? $"{assembly}::{chosen[0].Type}::{chosen[0].Method}"
            : throw new CliException(
                $"{assembly} has {methods.Length} public methods, and none is {UsualType}.{UsualMethod}",
                "name the handler: --handler Assembly::Namespace.Type::Method");
    }

    /// <summary>The assembly's name is the project's, unless the project says otherwise: then its dependency file tells.</summary>
    private static string AssemblyOf(string project, string published)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        if (File.Exists(Path.Combine(published, name + ".dll")))
        {
            return name;
        }

        var dependencies = Directory.GetFiles(published, "*.deps.json").Select(f => Path.GetFileName(f)[..^".deps.json".Length]).ToArray();
        return dependencies.Length == 1
            ? dependencies[0]
            : throw new CliException($"the assembly of {project} is not clear", "name the handler: --handler Assembly::Namespace.Type::Method");
    }

    private static IEnumerable<(string Type, string Method)> PublicMethods(MetadataReader metadata)
    {
        foreach (var type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition))
        {
            if ((type.Attributes & TypeAttributes.VisibilityMask) != TypeAttributes.Public || type.Attributes.HasFlag(TypeAttributes.Interface))
            {
                continue;
            }

            var space = metadata.GetString(type.Namespace);
            var name = metadata.GetString(type.Name);
            foreach (var method in type.GetMethods().Select(metadata.GetMethodDefinition))
            {
                var visible = (method.Attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Public;
                if (visible && !method.Attributes.HasFlag(MethodAttributes.SpecialName))
                {
                    yield return (space.Length > 0 ? $"{space}.{name}" : name, metadata.GetString(method.Name));
                }
            }
        }
    }
}
