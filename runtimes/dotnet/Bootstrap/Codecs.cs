using System.Reflection;
using System.Text.Json;

namespace Petrel.Bootstrap;

/// <summary>Reads events into a handler's input and writes its results.</summary>
internal interface ICodec
{
    object? Read(ReadOnlyMemory<byte> payload, Type type);

    ReadOnlyMemory<byte> Write(object? value, Type type);
}

/// <summary>Which codec a handler has: the serializer that it, or its assembly, names; else System.Text.Json.</summary>
internal static class Codecs
{
    private const string AttributeName = "Amazon.Lambda.Core.LambdaSerializerAttribute";

    public static ICodec For(Assembly assembly, MethodInfo method)
    {
        var attribute = Find(method.GetCustomAttributesData()) ?? Find(assembly.GetCustomAttributesData());
        return attribute?.ConstructorArguments is [{ Value: Type serializer }, ..] ? new SerializerCodec(Create(serializer)) : new JsonCodec();
    }

    private static CustomAttributeData? Find(IList<CustomAttributeData> attributes) =>
        attributes.FirstOrDefault(a => a.AttributeType.FullName == AttributeName);

    private static object Create(Type serializer)
    {
        if (serializer.GetConstructor(Type.EmptyTypes) is null)
        {
            throw new LambdaValidationException($"The indicated serializer '{serializer}' does not define a public zero-parameter constructor.");
        }

        return Activator.CreateInstance(serializer)!;
    }
}

/// <summary>For functions that bring no serializer: as System.Text.Json's web defaults have it.</summary>
internal sealed class JsonCodec : ICodec
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public object? Read(ReadOnlyMemory<byte> payload, Type type) => JsonSerializer.Deserialize(payload.Span, type, Options);

    public ReadOnlyMemory<byte> Write(object? value, Type type) => JsonSerializer.SerializeToUtf8Bytes(value, type, Options);
}

/// <summary>The function's own serializer, by its generic methods closed over the handler's types.</summary>
internal sealed class SerializerCodec(object serializer) : ICodec
{
    private readonly Dictionary<(string Name, Type Type), MethodInfo> _closed = [];

    public object? Read(ReadOnlyMemory<byte> payload, Type type) =>
        Method("Deserialize", type).Invoke(serializer, BindingFlags.DoNotWrapExceptions, null, [new MemoryStream(payload.ToArray(), writable: false)], null);

    public ReadOnlyMemory<byte> Write(object? value, Type type)
    {
        var output = new MemoryStream();
        Method("Serialize", type).Invoke(serializer, BindingFlags.DoNotWrapExceptions, null, [value, output], null);
        return output.ToArray();
    }

    private MethodInfo Method(string name, Type type)
    {
        if (!_closed.TryGetValue((name, type), out var method))
        {
            var contract = serializer.GetType().GetInterface("Amazon.Lambda.Core.ILambdaSerializer")
                ?? throw new LambdaValidationException($"The '{serializer.GetType()}' class is invalid: it does not implement the 'ILambdaSerializer' interface.");
            _closed[(name, type)] = method = contract.GetMethod(name)!.MakeGenericMethod(type);
        }

        return method;
    }
}
