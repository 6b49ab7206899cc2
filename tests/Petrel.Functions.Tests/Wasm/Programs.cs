namespace Petrel.Functions.Tests.Wasm;

/// <summary>WASI programs in text form.</summary>
internal static class Programs
{
    private const string Imports = """
        (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
        (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_open"
          (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        """;

    /// <summary>
    /// <c>$read</c> reads standard input to 65536 and gives its length; <c>$write fd start length</c> writes; <c>$open dir path length create</c>
    /// gives WASI's error number (0 when it could), and leaves the descriptor at 32.
    /// </summary>
    private const string Helpers = """
        (func $write (param $fd i32) (param $start i32) (param $length i32) (result i32)
          (i32.store (i32.const 0) (local.get $start))
          (i32.store (i32.const 4) (local.get $length))
          (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
        (func $read (result i32) (local $at i32)
          (local.set $at (i32.const 65536))
          (loop $more
            (i32.store (i32.const 0) (local.get $at))
            (i32.store (i32.const 4) (i32.const 65536))
            (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
            (local.set $at (i32.add (local.get $at) (i32.load (i32.const 8))))
            (br_if $more (i32.load (i32.const 8))))
          (i32.sub (local.get $at) (i32.const 65536)))
        (func $open (param $dir i32) (param $path i32) (param $length i32) (param $create i32) (result i32)
          (call $path_open (local.get $dir) (i32.const 0) (local.get $path) (local.get $length)
            (local.get $create) (i64.const 66) (i64.const 66) (i32.const 0) (i32.const 32)))
        """;

    /// <summary>Answers with the event.</summary>
    public const string Echo = "(drop (call $write (i32.const 1) (i32.const 65536) (call $read)))";

    public static byte[] Of(string body, string more = "") => WasmText.ToBinary($"""
        (module
          {Imports}
          (memory (export "memory") 20)
          {Helpers}
          {more}
          (func (export "_start") (local $i i32) {body}))
        """);

    /// <summary>Text at 1024.</summary>
    public static string Data(string text) => $"(data (i32.const 1024) \"{text}\")";

    public static string Print(int fd, int length) => $"(drop (call $write (i32.const {fd}) (i32.const 1024) (i32.const {length})))";
}
