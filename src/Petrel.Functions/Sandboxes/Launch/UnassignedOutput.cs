using System.Text;

namespace Petrel.Functions.Sandboxes.Launch;

/// <summary>
/// The output of a sandbox that becomes a function's later. Until then only the end of it is kept, to tell why a runtime does not start.
/// Calls are under the sandbox's lock, but for the change of the target, which may come at any time.
/// </summary>
internal sealed class UnassignedOutput : ISandboxOutput
{
    private const int KeptBytes = 2048;
    private readonly StringBuilder _said = new();
    private volatile ISandboxOutput? _target;

    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString().Trim();
            }
        }
    }

    public void Become(ISandboxOutput target) => _target = target;

    public void Write(ReadOnlySpan<byte> bytes, bool isError)
    {
        if (_target is { } target)
        {
            target.Write(bytes, isError);
            return;
        }

        lock (_said)
        {
            _said.Append(Encoding.UTF8.GetString(bytes[Math.Max(0, bytes.Length - KeptBytes)..]));
            if (_said.Length > KeptBytes)
            {
                _said.Remove(0, _said.Length - KeptBytes);
            }
        }
    }
}
