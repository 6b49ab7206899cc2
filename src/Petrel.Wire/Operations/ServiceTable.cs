using System.Collections.Frozen;
using System.Reflection;
using Petrel.Wire.Rest;
using Petrel.Wire.Shapes;

namespace Petrel.Wire.Operations;

/// <summary>What the wire knows of one service, read from its contract.</summary>
public sealed class ServiceTable
{
    private readonly FrozenDictionary<string, Operation> _operations;

    /// <param name="contract">An interface marked with <see cref="AwsServiceAttribute"/>; interfaces that it extends belong to it.</param>
    /// <exception cref="ContractException">The interface is no contract.</exception>
    public ServiceTable(Type contract)
    {
        var service = contract.GetCustomAttribute<AwsServiceAttribute>()
            ?? throw new ContractException($"{contract} is not marked with [AwsService].");
        Contract = contract;
        SigningName = service.SigningName;
        ActionPrefix = service.ActionPrefix ?? service.SigningName;
        ValidationCode = service.ValidationCode;
        ErrorNamespace = service.ErrorNamespace;
        Protocols = [service.Protocol, .. service.AlsoSpeaks];
        ApiVersion = service.ApiVersion;
        TargetPrefix = service.TargetPrefix;
        XmlNamespace = service.XmlNamespace;
        Shapes = new ShapeTable(service.MemberCase);
        _operations = ReadOperations(contract).ToFrozenDictionary();
        Router = new RestRouter(_operations.Values, Array.FindAll(service.NotImplemented, static name => name.Contains(' ')));
    }

    public Type Contract { get; }

    /// <summary>The name in a signature's scope.</summary>
    public string SigningName { get; }

    public string ActionPrefix { get; }

    /// <summary>The service's own code for an input that breaks a limit.</summary>
    public string? ValidationCode { get; }

    /// <summary>Before the hash in the type of an error; empty where errors have their code alone.</summary>
    public string ErrorNamespace { get; }

    /// <summary>The first is the one of errors before the request's own protocol is known.</summary>
    public Protocol[] Protocols { get; }

    public string ApiVersion { get; }

    public string TargetPrefix { get; }

    public string XmlNamespace { get; }

    public ShapeTable Shapes { get; }

    public RestRouter Router { get; }

    public IEnumerable<Operation> Operations => _operations.Values;

    /// <summary>Paths name its operations.</summary>
    public bool IsRest => Protocols[0] is Protocol.RestJson or Protocol.RestXml;

    public bool Speaks(Protocol protocol) => Array.IndexOf(Protocols, protocol) >= 0;

    public Operation? Find(string name) => _operations.GetValueOrDefault(name);

    public Operation? Find(ReadOnlySpan<char> name) =>
        _operations.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var operation) ? operation : null;

    private Dictionary<string, Operation> ReadOperations(Type contract)
    {
        var operations = new Dictionary<string, Operation>();
        foreach (var type in (Type[])[contract, .. contract.GetInterfaces()])
        {
            foreach (var method in type.GetMethods())
            {
                if (!operations.TryAdd(method.Name, new Operation(this, method)))
                {
                    throw new ContractException($"{contract} has two operations {method.Name}.");
                }
            }
        }

        return operations;
    }
}
