using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Petrel.Server.Settings;
using Petrel.Wire;
using Petrel.Wire.Signing;

namespace Petrel.Server.Edge;

/// <summary>
/// Step 3: who sent the request. <see cref="BeginAsync"/> finds the key and verifies all that can be verified before the body is read;
/// <see cref="Complete"/> does the rest, before the body is parsed.
/// </summary>
internal sealed class RequestAuthenticator(IEnumerable<ICredentialSource> sources, PetrelOptions options, TimeProvider time)
{
    private const string ContentHash = "x-amz-content-sha256";

    private readonly ICredentialSource[] _sources = [.. sources];
    private readonly int _skewSeconds = options.Edge.ClockSkewSeconds;

    /// <returns>Null for a request without a signature.</returns>
    /// <exception cref="CommonException">The signature is malformed, out of time, or by nobody known; or it is wrong.</exception>
    public async ValueTask<SignedRequest?> BeginAsync(EdgeExchange exchange, Protocol protocol, string? service)
    {
        var http = exchange.Http;
        if (service == "s3" && SignatureV2.TryRead(http.Request.Headers, exchange.RawQuery) is { } legacy)
        {
            return await BeginLegacyAsync(exchange, legacy);
        }

        var problem = RequestSignature.TryRead(http.Request.Headers, exchange.RawQuery, out var found);
        if (found is not { } signature)
        {
            return problem == SignatureProblem.MissingToken ? null : throw SignatureErrors.For(problem, protocol);
        }

        var credential = await FindAsync(signature.Scope.AccessKeyId, signature.SessionToken, exchange, protocol);

        CheckScope(signature, protocol, service);
        var (payload, hash) = PayloadOf(http, signature);
        var signed = new SignedRequest(signature, credential, payload, hash);
        if (payload != SignedPayload.Computed)
        {
            Verify(exchange, signed, hash, protocol);
        }

        return signed;
    }

    /// <summary>Verifies what had to wait for the body.</summary>
    /// <exception cref="CommonException">Signature or body is wrong.</exception>
    public void Complete(EdgeExchange exchange, SignedRequest signed, ReadOnlySpan<byte> body, Protocol protocol)
    {
        if (signed.Payload is not (SignedPayload.Computed or SignedPayload.Declared))
        {
            return;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        if (signed.Payload == SignedPayload.Declared)
        {
            Span<byte> declared = stackalloc byte[SHA256.HashSizeInBytes];
            Convert.FromHexString(signed.PayloadHash, declared, out _, out _);
            if (!CryptographicOperations.FixedTimeEquals(hash, declared))
            {
                throw SignatureErrors.For(SignatureProblem.BodyMismatch, protocol);
            }

            return;
        }

        Verify(exchange, signed, body.IsEmpty ? SignatureVerifier.EmptyPayload : Convert.ToHexStringLower(hash), protocol);
    }

    private async ValueTask<SignedRequest> BeginLegacyAsync(EdgeExchange exchange, SignatureV2 signature)
    {
        var credential = await FindAsync(signature.AccessKeyId, signature.SessionToken, exchange, Protocol.RestXml);
        var now = time.GetUtcNow();
        LegacySignature.Verify(exchange, signature, credential.Secret, now);
        return LegacySignature.Accept(signature, credential, now);
    }

    /// <exception cref="CommonException">Nobody has the key, or its time is over.</exception>
    public async ValueTask<SigningCredential> FindAsync(string accessKeyId, string? sessionToken, EdgeExchange exchange, Protocol protocol)
    {
        var origin = OriginOf(exchange);
        foreach (var source in _sources)
        {
            var credential = await source.FindAsync(accessKeyId, sessionToken, origin, exchange.Http.RequestAborted);
            if (credential is not null)
            {
                return credential.Expired ? throw SignatureErrors.For(SignatureProblem.ExpiredToken, protocol) : credential;
            }
        }

        throw SignatureErrors.For(SignatureProblem.UnknownKey, protocol);
    }

    private void CheckScope(in RequestSignature signature, Protocol protocol, string? service)
    {
        if (service is not null && service != signature.Scope.Service)
        {
            throw SignatureErrors.For(
                SignatureProblem.Mismatch, protocol, $"Credential should be scoped to correct service: '{service}'.");
        }

        if (!signature.SignedHeaders.AsSpan().Contains("host"))
        {
            throw SignatureErrors.For(SignatureProblem.Incomplete, protocol, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
        }

        var now = time.GetUtcNow();
        var problem = SignatureVerifier.CheckTime(signature, now, _skewSeconds);
        if (problem != SignatureProblem.None)
        {
            var detail = problem == SignatureProblem.Skewed || protocol is not (Protocol.RestXml or Protocol.Query)
                ? SignatureErrors.Skew(signature, now, _skewSeconds)
                : null;
            throw SignatureErrors.For(problem, protocol, problem == SignatureProblem.Incomplete ? null : detail);
        }
    }

    private static void Verify(EdgeExchange exchange, SignedRequest signed, string payloadHash, Protocol protocol)
    {
        var input = new SigningInput
        {
            Method = exchange.Http.Request.Method,
            RawPath = exchange.RawPath,
            RawQuery = exchange.RawQuery,
            Headers = exchange.Http.Request.Headers,
            PayloadHash = payloadHash,
            Path = signed.Signature.Scope.Service == "s3" ? PathRule.AsIs : PathRule.Normalised,
        };
        if (!SignatureVerifier.Verify(input, signed.Signature, signed.Credential.Secret))
        {
            throw SignatureErrors.For(SignatureProblem.Mismatch, protocol);
        }

        signed.IsVerified = true;
    }

    private static (SignedPayload Payload, string Hash) PayloadOf(HttpContext http, in RequestSignature signature)
    {
        if (http.Request.Headers.TryGetValue(ContentHash, out var header) && header is [{ } declared])
        {
            return declared switch
            {
                SignatureVerifier.UnsignedPayload => (SignedPayload.Unsigned, declared),
                "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" or "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => (SignedPayload.SignedChunks, declared),
                "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => (SignedPayload.UnsignedChunks, declared),
                { Length: 64 } when !declared.AsSpan().ContainsAnyExcept("0123456789abcdef") => (SignedPayload.Declared, declared),
                _ => throw SignatureErrors.For(SignatureProblem.Incomplete, Protocol.RestXml, $"{ContentHash} is none of the values that it may have."),
            };
        }

        if (signature.IsPresigned && signature.Scope.Service == "s3")
        {
            return (SignedPayload.Unsigned, SignatureVerifier.UnsignedPayload);
        }

        var mayHaveBody = http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        return mayHaveBody ? (SignedPayload.Computed, "") : (SignedPayload.Declared, SignatureVerifier.EmptyPayload);
    }

    private static RequestOrigin OriginOf(EdgeExchange exchange)
    {
        var http = exchange.Http;
        var isForeign = !HostNames.IsLocal(http.Request.Host.Host)
            || (http.Request.Headers.TryGetValue("Origin", out var origin) && !HostNames.IsLocalOrigin(origin.ToString()));
        if (exchange.Sandbox is { } sandbox)
        {
            return new RequestOrigin(sandbox.InstanceId, Loopback: false, isForeign);
        }

        var isLoopback = http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);
        return isLoopback && !isForeign ? Local : new RequestOrigin(null, isLoopback, isForeign);
    }

    private static readonly RequestOrigin Local = new(null, Loopback: true);
}
