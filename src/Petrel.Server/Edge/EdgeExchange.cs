using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Petrel.Functions;

namespace Petrel.Server.Edge;

/// <summary>One request on its way through the pipeline: what every step needs to know of it.</summary>
internal sealed class EdgeExchange
{
    private readonly string _target;
    private readonly int _question;
    private string? _routed;

    public EdgeExchange(HttpContext http, string requestId)
    {
        Http = http;
        RequestId = requestId;
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;

        // A proxy's form names the whole URL.
        if (target.Length > 0 && target[0] != '/')
        {
            var scheme = target.IndexOf("://", StringComparison.Ordinal);
            var slash = scheme < 0 ? -1 : target.IndexOf('/', scheme + 3);
            target = slash < 0 ? "/" : target[slash..];
        }

        _target = target;
        _question = target.IndexOf('?');
        Sandbox = http.Features.Get<SandboxIdentity>();
    }

    public HttpContext Http { get; }

    public string RequestId { get; }

    /// <summary>The sandbox whose listener took the connection; null on the daemon's own port.</summary>
    public SandboxIdentity? Sandbox { get; }

    /// <summary>The path before decoding.</summary>
    public ReadOnlySpan<char> RawPath => _question < 0 ? _target : _target.AsSpan(0, _question);

    /// <summary>Without the question mark.</summary>
    public ReadOnlySpan<char> RawQuery => _question < 0 ? [] : _target.AsSpan(_question + 1);

    /// <summary>The path by which operations are found: where the bucket is part of the host's name, it stands before the path.</summary>
    public ReadOnlySpan<char> RoutedPath => _routed ?? RawPath;

    /// <summary>The bucket in the host's name; null for none.</summary>
    public string? HostBucket { get; private set; }

    /// <summary>Step 2's answer.</summary>
    public EdgeRoute Route { get; set; }

    /// <summary>The host's name begins with a bucket.</summary>
    public void UseBucket(string bucket)
    {
        HostBucket = bucket;
        _routed = $"/{bucket}{RawPath}";
    }

    /// <summary>When the request came, in the time provider's ticks.</summary>
    public long Started { get; init; }
}
