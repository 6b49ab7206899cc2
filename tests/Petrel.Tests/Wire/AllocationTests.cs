using System.Text;
using Microsoft.AspNetCore.Http;
using Petrel.Wire;
using Petrel.Wire.Operations;
using Petrel.Wire.Protocols;
using Petrel.Wire.Rest;
using Petrel.Wire.Signing;

namespace Petrel.Tests.Wire;

/// <summary>What a request may allocate in each step, in bytes; a number here may only shrink.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 1_000;

    private static readonly ServiceTable Service = new(typeof(IToy));

    [Fact]
    public void Routing_AllocatesNothing() => AssertBudget(0, static () =>
        Assert.True(Service.Router.TryMatch("PUT", "/2020/files/bucket/some/key", "a=b", out _)));

    [Fact]
    public void Signature_ReadAndVerified_AllocatesNothing()
    {
        var test = SigningRequest.Parse(SigningCase.All.Single(c => c.Name == "get-vanilla").HeaderSignedRequest);
        AssertBudget(0, () =>
        {
            RequestSignature.TryRead(test.Headers, test.Query, out var found);
            var signature = found.GetValueOrDefault();
            var input = new SigningInput
            {
                Method = test.Method,
                RawPath = test.Path,
                RawQuery = test.Query,
                Headers = test.Headers,
                PayloadHash = SignatureVerifier.EmptyPayload,
            };
            if (!SignatureVerifier.Verify(input, signature, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))
            {
                throw new InvalidOperationException("The signature is right.");
            }
        });
    }

    /// <summary>The record, its three texts, and the check.</summary>
    [Fact]
    public void Request_OfHeadersAndPayload_AllocatesItsRecord()
    {
        var headers = new HeaderDictionary { ["X-Toy-Kind"] = "kind" };
        Service.Router.TryMatch("PUT", "/2020/files/bucket/some/key", "", out var match);
        var body = Encoding.UTF8.GetBytes("payload");
        AssertBudget(424, () => ProtocolCodec.For(Protocol.RestJson).ReadRequest(match.Operation!, new WireRequest
        {
            RawPath = "/2020/files/bucket/some/key",
            Match = match,
            Headers = headers,
            Body = body,
            OwnsBody = true,
        }));
    }

    /// <summary>The answer itself and boxes of numbers and flags; text goes from the record to the pooled buffer.</summary>
    [Fact]
    public void Result_OfTextsAndNumbers_AllocatesTheAnswerAndBoxes()
    {
        var operation = Service.Find("GetThing")!;
        var result = new ThingResult("a name", 3, 4, true);
        var headers = new HeaderDictionary();
        AssertBudget(288, () =>
        {
            using var response = new WireResponse(headers, "id");
            ProtocolCodec.For(Protocol.RestJson).WriteResult(operation, result, response);
        });
    }

    private static void AssertBudget(long bytes, Action action)
    {
        for (var i = 0; i < 200; i++)
        {
            action();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            action();
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
        Assert.True(each <= bytes, $"{each} bytes were allocated, {bytes} are the budget.");
    }
}
