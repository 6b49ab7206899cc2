using Petrel.Aws.DynamoDb;
using Petrel.Server.Services.DynamoDb.Model.Expressions;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Operands;
using Petrel.Server.Services.DynamoDb.Model.Expressions.Updates;
using Petrel.Wire;

namespace Petrel.Server.Services.DynamoDb.Model.Legacy;

/// <summary>AttributeUpdates: PUT, ADD and DELETE of whole attributes.</summary>
internal static class LegacyUpdates
{
    /// <exception cref="CommonException">An action does not go with its value (<c>ValidationException</c>).</exception>
    public static Update Update(IReadOnlyDictionary<string, AttributeValueUpdate> updates)
    {
        var tree = new PathTree<UpdateStep>();
        var targets = new List<DocumentPath>(updates.Count);
        var assignments = new List<SetStep>();
        foreach (var (attribute, update) in updates)
        {
            var path = new DocumentPath([new PathElement(attribute, -1)]);
            targets.Add(path);
            var step = Step(update);
            tree.TryAdd(path, step, out _, out _);
            if (step is SetStep assignment)
            {
                assignments.Add(assignment);
            }
        }

        return new Update(tree, targets, [.. updates.Keys]) { Assignments = assignments };
    }

    private static UpdateStep Step(AttributeValueUpdate update)
    {
        if (update.Value is not { } value)
        {
            return update.Action == "DELETE"
                ? RemoveStep.Instance
                : throw LegacyChecks.Refuse("Only DELETE action is allowed when no attribute value is specified");
        }

        LegacyChecks.ThrowIfBad(value);
        return update.Action switch
        {
            "DELETE" => value.Type.IsSet
                ? new DeleteStep(value, isLegacy: true)
                : throw LegacyChecks.Refuse($"DELETE action with value is not supported for the type {value.Type.Name}"),
            "ADD" => value.Type.IsSet || value.Type is AttributeType.Number or AttributeType.List
                ? new AddStep(value, isLegacy: true)
                : throw LegacyChecks.Refuse($"ADD action is not supported for the type {value.Type.Name}"),
            _ => new SetStep(new AssignedConstant(value)),
        };
    }
}
