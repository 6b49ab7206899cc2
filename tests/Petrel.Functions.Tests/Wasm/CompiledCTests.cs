using System.Diagnostics;

namespace Petrel.Functions.Tests.Wasm;

/// <summary>A program in C, compiled with Debian's clang for WASI, with a C library's own input, output, files and memory.</summary>
public sealed class CompiledCTests
{
    private const string Compiler = "/usr/bin/clang";

    private const string Code = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>

        static char event[65536];

        int main(int argc, char **argv)
        {
            size_t length = fread(event, 1, sizeof event - 1, stdin);
            fprintf(stderr, "%s got %zu bytes\n", argv[0], length);
            if (strstr(event, "exit")) {
                return 3;
            }
            if (strstr(event, "bomb")) {
                for (char *more; (more = malloc(1 << 20)) != NULL; ) {
                    memset(more, argc, 1 << 20);
                    fputc(more[7], stderr);
                }
                abort();
            }
            FILE *count = fopen("/tmp/count", "a+");
            fputc('x', count);
            printf("{\"event\":%s,\"name\":\"%s\",\"count\":%ld}", event, getenv("NAME"), ftell(count));
            return fclose(count);
        }
        """;

    [Fact]
    public async Task Invoke_ProgramInC_UsesItsLibrary()
    {
        Assert.SkipUnless(File.Exists(Compiler) && Directory.Exists("/usr/include/wasm32-wasi"), "no clang with WASI's C library: eng/packages.tsv");
        var function = WasmHost.Function(await CompileAsync()) with { Environment = new Dictionary<string, string> { ["NAME"] = "Ada" } };

        Assert.Equal("""{"event":[1],"name":"Ada","count":1}""", (await function.InvokeAsync("[1]")).Payload);
        Assert.Equal("""{"event":[2],"name":"Ada","count":2}""", (await function.InvokeAsync("[2]")).Payload);
        Assert.Contains("app.wasm got 3 bytes", Engine.EngineHost.Shared.Logs.Of(function));
        Assert.EndsWith("exit status 3\"}", (await function.InvokeAsync("\"exit\"")).Payload, StringComparison.Ordinal);
        Assert.Contains("\"Runtime.OutOfMemory\"", (await function.InvokeAsync("\"bomb\"")).Payload, StringComparison.Ordinal);
    }

    private static async Task<byte[]> CompileAsync()
    {
        var folder = Directory.CreateTempSubdirectory("petrel-wasm-c-");
        try
        {
            var (source, target) = (Path.Combine(folder.FullName, "app.c"), Path.Combine(folder.FullName, "app.wasm"));
            await File.WriteAllTextAsync(source, Code);
            using var compiler = Process.Start(Compiler, ["--target=wasm32-wasi", "--sysroot=/usr", "-O2", "-o", target, source]);
            await compiler.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, compiler.ExitCode);
            return await File.ReadAllBytesAsync(target);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
