using System.Net;
using System.Text;
using CsCheck;

namespace Petrel.Tests.Edge;

/// <summary>Damaged input is the client's fault: whatever is sent, the answer is a 2xx or a 4xx (or 501 by name), never a failure of the server.</summary>
public sealed class FuzzTests(EdgeFixture edge) : IClassFixture<EdgeFixture>
{
    private const string Things = """{"Name":"x","Size":3,"Ratio":0.5,"Colour":"Green","Letters":["a"],"Parts":[{"Id":"p","Inner":{"Id":"q"}}],"Tags":{"k":"v"},"Blob":"AQI=","When":1700000000.5,"Document":{"a":[1]},"Numbers":[1]}""";
    private const string Form = "Action=CreateUser&UserName=me&Tags.member.1.Key=k&Tags.member.1.Value=v&Attributes.entry.1.key=x&Attributes.entry.1.value=y&Since=2023-11-14T22%3A13%3A20Z&Count=3";
    private const string Xml = "<Tagging xmlns=\"u\"><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";

    [Fact]
    public Task RestJson_MutatedBody_NeverFails() => CheckAsync(Things, body => edge.SendAsync(new SignedClient("toy"), HttpMethod.Post, "/2020/things", body));

    [Fact]
    public Task Json11_MutatedBody_NeverFails() => CheckAsync(
        """{"groupName":"g","lines":[{"message":"m","timestamp":1700000000123}]}""",
        body => edge.SendAsync(new SignedClient("toylogs"), HttpMethod.Post, "/", body, r => r.Headers.Add("X-Amz-Target", "Toy_20200101.PutLines")));

    [Fact]
    public Task Query_MutatedForm_NeverFails() => CheckAsync(Form, body => edge.SendAsync(new SignedClient("toyquery"), HttpMethod.Post, "/", body));

    [Fact]
    public Task RestXml_MutatedBody_NeverFails() =>
        CheckAsync(Xml, body => edge.SendAsync(new SignedClient("s3"), HttpMethod.Put, "/bucket?tagging", body));

    [Fact]
    public Task Chunks_MutatedBody_NeverFail() => CheckAsync(
        "c\r\nfirst chunk \r\n3\r\nend\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
        body => edge.SendAsync(
            new SignedClient("s3") { PayloadHash = "STREAMING-UNSIGNED-PAYLOAD-TRAILER" }, HttpMethod.Put, "/bucket/k", body));

    [Fact]
    public Task Authorization_Mutated_NeverFailsAndNeverOpens() => CheckAsync(
        "AWS4-HMAC-SHA256 Credential=test/20200101/eu-west-1/toy/aws4_request, SignedHeaders=host;x-amz-date, Signature=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        async value =>
        {
            var header = string.Concat(Encoding.Latin1.GetString(value).Where(c => c is >= ' ' and <= '~'));
            var answer = await edge.SendAsync(null, HttpMethod.Get, "/2020/things/x", [], r =>
            {
                r.Headers.TryAddWithoutValidation("Authorization", header);
                r.Headers.TryAddWithoutValidation("x-amz-date", "20200101T000000Z");
            });
            Assert.NotEqual(HttpStatusCode.OK, answer.Status);
            return answer;
        });

    private static Task CheckAsync(string valid, Func<byte[], Task<Answer>> send) => Mutations(Encoding.UTF8.GetBytes(valid)).SampleAsync(
        async body =>
        {
            var answer = await send(body);
            Assert.True((int)answer.Status is < 500 or 501, $"{(int)answer.Status} for {Encoding.Latin1.GetString(body)}: {answer.Text}");
        },
        iter: 300,
        threads: 1);

    /// <summary>Up to four changes: a byte replaced, a piece removed, or a piece said twice.</summary>
    private static Gen<byte[]> Mutations(byte[] valid) =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, valid.Length - 1], Gen.Int[1, 12], Gen.Byte).Array[1, 4].Select(changes =>
        {
            var bytes = valid.ToList();
            foreach (var (kind, at, count, value) in changes)
            {
                if (bytes.Count == 0)
                {
                    break;
                }

                var start = at % bytes.Count;
                var length = Math.Min(count, bytes.Count - start);
                switch (kind)
                {
                    case 0:
                        bytes[start] = value;
                        break;
                    case 1:
                        bytes.RemoveRange(start, length);
                        break;
                    default:
                        bytes.InsertRange(start, bytes.GetRange(start, length));
                        break;
                }
            }

            return bytes.ToArray();
        });
}
