using Petrel.Aws.Lambda;
using Petrel.Server.Services.Lambda.Model;
using Petrel.Server.Services.Lambda.Store;
using Petrel.Storage;
using Petrel.Wire;

namespace Petrel.Server.Services.Lambda.Api;

/// <summary>Finds the layers that a function is to use, in their order.</summary>
internal sealed class LayerLookup(FunctionLedger ledger)
{
    private const string VersionArnConstraint =
        "Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal "
        + "to 1, Member must satisfy regular expression pattern: " + LambdaPatterns.LayerVersionArn + ", Member must not be null]";

    /// <exception cref="InvalidParameterValueException">Too many, two of one layer, one of another region, or one that does not exist.</exception>
    public async ValueTask<LayerUse[]> FindAsync(IReadOnlyList<string>? arns, CallContext call)
    {
        if (arns is null or [])
        {
            return [];
        }

        var asked = Parse(arns, call);
        return await ledger.ReadAsync(
            async tx =>
            {
                var found = new LayerUse[asked.Length];
                for (var i = 0; i < found.Length; i++)
                {
                    found[i] = await FindAsync(tx, asked[i], call);
                }

                return found;
            },
            call.Aborted);
    }

    private static LayerRef[] Parse(IReadOnlyList<string> arns, CallContext call)
    {
        if (arns.Count > Limits.Layers)
        {
            throw new InvalidParameterValueException($"Cannot reference more than {Limits.Layers} layers.");
        }

        var layers = new LayerRef[arns.Count];
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < layers.Length; i++)
        {
            if (LayerRef.TryParse(arns[i]) is not { Version: not null } layer)
            {
                throw CommonException.Validation(
                    $"1 validation error detected: Value '[{string.Join(", ", arns)}]' at 'layers' failed to satisfy constraint: {VersionArnConstraint}");
            }

            if (layer.Region != call.Region)
            {
                throw new InvalidParameterValueException(
                    $"Layers are not in the same region as the function. Layers are expected to be in region {call.Region}.");
            }

            if (!seen.TryAdd(layer.Arn, layer.VersionArn))
            {
                throw new InvalidParameterValueException(
                    "Two different versions of the same layer are not allowed to be referenced in the same function. "
                    + $"{seen[layer.Arn]} and {layer.VersionArn} are versions of the same layer.");
            }

            layers[i] = layer;
        }

        return layers;
    }

    private static async ValueTask<LayerUse> FindAsync(IReadTransaction tx, LayerRef layer, CallContext call)
    {
        if (await LayerStore.GetAsync(tx, layer.Account, layer.Region, layer.Name) is not { } record
            || await LayerStore.GetVersionAsync(tx, record, layer.Version!.Value) is not { } version)
        {
            throw new InvalidParameterValueException($"Layer version {layer.VersionArn} does not exist.");
        }

        if (layer.Account != call.Account
            && !LayerPolicy.Allows(await LayerStore.GetPolicyAsync(tx, record, version.Version), call.Account))
        {
            throw CommonException.AccessDenied(
                $"User: {call.Caller.Arn} is not authorized to perform: lambda:GetLayerVersion on resource: {layer.VersionArn} because no "
                + "resource-based policy allows the lambda:GetLayerVersion action");
        }

        return new LayerUse(layer.VersionArn, version.Code);
    }
}
