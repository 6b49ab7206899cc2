using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Petrel.Wire;
using Petrel.Wire.Operations;
using Petrel.Wire.Protocols;

namespace Petrel.Tests.Wire;

/// <summary>Members whose type reads and writes its own JSON.</summary>
public sealed class JsonValueTests
{
    private static readonly Operation Echo = new ServiceTable(typeof(IToyValues)).Find("Echo")!;

    [Fact]
    public void Request_WithValues_ReadsThemInMembersListsAndMaps()
    {
        var request = Read("""{"One":[1],"Many":[[2],[3,4]],"Named":{"a":[5]},"After":"x"}""");
        Assert.Equal(1, request.One!.Sum);
        Assert.Equal([2, 7], request.Many!.Select(v => v.Sum));
        Assert.Equal(5, request.Named!["a"].Sum);
        Assert.Equal("x", request.After);
    }

    [Fact]
    public void Request_WithNullValues_LeavesThemOut()
    {
        Assert.Null(Read("""{"One":null}""").One);
        var error = Assert.Throws<CommonException>(() => Read("""{"Many":[null]}"""));
        Assert.Equal("ValidationException", error.Code);
    }

    [Fact]
    public void Request_ThatTheTypeRefuses_GetsTheTypesError()
    {
        var error = Assert.Throws<ToyConflictException>(() => Read("""{"Named":{"a":"no sum"}}"""));
        Assert.Equal("Not a list.", error.Message);
    }

    [Theory]
    [InlineData("""{"One":[1""")]
    [InlineData("""{"One":[1}""")]
    [InlineData("""{"One":[1,"a"]}""")]
    public void Request_ThatIsNoJson_IsMalformed(string body) =>
        Assert.Equal("SerializationException", Assert.Throws<CommonException>(() => Read(body)).Code);

    [Fact]
    public void Answer_WithValues_LetsThemWriteThemselves()
    {
        var value = new ToySum(7);
        Assert.Equal(
            """{"One":{"sum":7},"Many":[{"sum":7},{"derived":true}],"Named":{"b":{"sum":7}}}""",
            Write(new ToyValues(value, [value, new ToyDerivedSum()], new() { ["b"] = value })));
    }

    [Fact]
    public void Error_WithAValueAmongItsMembers_LetsItWriteItself()
    {
        using var response = new WireResponse(new HeaderDictionary(), "id");
        ProtocolCodec.For(Protocol.Json10).WriteError(Echo.Service, new ToySumException(new ToyDerivedSum()), response);
        Assert.Equal(
            """{"__type":"ToySumException","Sum":{"derived":true},"message":"Sum."}""", Encoding.UTF8.GetString(response.Written.Span));
    }

    [Theory]
    [InlineData("ValidationException", "com.amazon.coral.validate#ValidationException")]
    [InlineData("SerializationException", "com.amazon.coral.service#SerializationException")]
    [InlineData(null, "com.example.toy#ToySumException")]
    public void Error_OfAServiceWithANamespace_StandsInIt(string? common, string type)
    {
        var service = new ServiceTable(typeof(IToyNamed));
        ServiceException error = common is null ? new ToySumException(new ToyDerivedSum()) : new CommonException(common, "No.", 400);
        using var response = new WireResponse(new HeaderDictionary(), "id");
        ProtocolCodec.For(Protocol.Json10).WriteError(service, error, response);
        using var body = JsonDocument.Parse(response.Written);
        Assert.Equal(type, body.RootElement.GetProperty("__type").GetString());
    }

    private static ToyValues Read(string body) => (ToyValues)ProtocolCodec.For(Protocol.Json10).ReadRequest(
        Echo, new WireRequest { RawPath = "/", Headers = new HeaderDictionary(), Body = Encoding.UTF8.GetBytes(body) });

    private static string Write(ToyValues values)
    {
        using var response = new WireResponse(new HeaderDictionary(), "id");
        ProtocolCodec.For(Protocol.Json10).WriteResult(Echo, values, response);
        return Encoding.UTF8.GetString(response.Written.Span);
    }
}

[AwsService("toyvalues", Protocol.Json10, TargetPrefix = "ToyValues_20200101")]
public interface IToyValues
{
    [Access("*")]
    Task<ToyValues> Echo(ToyValues request, CallContext call);
}

[AwsService("toynamed", Protocol.Json10, TargetPrefix = "ToyNamed_20200101", ErrorNamespace = "com.example.toy")]
public interface IToyNamed;

public sealed record ToyValues(
    ToySum? One = null, List<ToySum>? Many = null, Dictionary<string, ToySum>? Named = null, string? After = null);

/// <summary>Reads a list of numbers and keeps their sum.</summary>
public class ToySum(int sum) : IJsonValue<ToySum>
{
    public int Sum { get; } = sum;

    public static ToySum ReadJson(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new ToyConflictException("Not a list.");
        }

        var sum = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            sum += reader.GetInt32();
        }

        return new ToySum(sum);
    }

    public virtual void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("sum", Sum);
        writer.WriteEndObject();
    }
}

public sealed class ToyDerivedSum() : ToySum(0)
{
    public override void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("derived", value: true);
        writer.WriteEndObject();
    }
}

public sealed class ToySumException(ToySum sum) : ServiceException("ToySumException", "Sum.", 400)
{
    public override IEnumerable<KeyValuePair<string, object?>> Members => [new("Sum", sum)];
}
