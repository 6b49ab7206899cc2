namespace Petrel.Wasm;

internal static class Exercise { public static void Run() { } }
