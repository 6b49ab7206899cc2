using System.Globalization;
using System.Text;
using Petrel.Wire;
using Petrel.Wire.Operations;
using Petrel.Wire.Shapes;

namespace Petrel.Server.Edge;

/// <summary>
/// An [Access] template in parts: texts, and members of the request. A template is an ARN's last part, or a whole ARN that begins with
/// <c>arn:</c> and may name <c>{Region}</c> and <c>{Account}</c>; <c>*</c> stands for no resource.
/// </summary>
internal sealed class ResourceTemplate
{
    private readonly string _service;
    private readonly string _text;
    private readonly List<(string? Text, Member? Member, string? Name)> _parts = [];

    public ResourceTemplate(Operation operation)
    {
        _service = operation.Service.ActionPrefix;
        _text = operation.Access?.Resource ?? "*";
        var at = 0;
        while (at < _text.Length)
        {
            var open = _text.IndexOf('{', at);
            var close = open < 0 ? -1 : _text.IndexOf('}', open);
            if (close < 0)
            {
                _parts.Add((_text[at..], null, null));
                return;
            }

            _parts.Add((_text[at..open], null, null));
            var name = _text[(open + 1)..close];
            _parts.Add((null, FindMember(operation, name), name));
            at = close + 1;
        }
    }

    public string Fill(object request, CallContext call)
    {
        if (_text == "*")
        {
            return "*";
        }

        var filled = new StringBuilder();
        foreach (var (text, member, name) in _parts)
        {
            filled.Append(text ?? (member is null ? OfCall(name!, call) : Convert.ToString(member.Get(request), CultureInfo.InvariantCulture)));
        }

        // A list of optional parts ends where the first of them is missing.
        var resource = filled.ToString().TrimEnd(':');
        return resource.StartsWith("arn:", StringComparison.Ordinal) ? resource : IsGlobal ? Global(resource, call) : call.Arn(_service, resource);
    }

    /// <summary>Resources of identities belong to no region.</summary>
    private bool IsGlobal => _service is "iam" or "sts";

    private string Global(string resource, CallContext call) => $"arn:aws:{_service}::{call.Account}:{resource}";

    private static string OfCall(string name, CallContext call) => name switch
    {
        "Region" => call.Region,
        "Account" => call.Account,
        _ => "*",
    };

    private static Member? FindMember(Operation operation, string name)
    {
        var member = operation.Request.Find(name) ?? operation.Request.Find(operation.Service.Shapes.Named(name));
        return member is not null || name is "Region" or "Account"
            ? member
            : throw new ContractException($"{operation}: [Access] names {name}, which the request has not.");
    }
}
