using Microsoft.AspNetCore.Http;
using Petrel.Wire.Operations;

namespace Petrel.Wire.Rest;

/// <summary>
/// Finds the operation of a method and path: a tree of segments, literals before labels before the greedy rest of the path. Walking it
/// allocates nothing.
/// </summary>
public sealed class RestRouter
{
    private readonly Node _root = new();

    /// <param name="missing">Operations that are not built, as <c>GET /path/{X} Name</c>.</param>
    internal RestRouter(IEnumerable<Operation> operations, string[] missing)
    {
        foreach (var operation in operations)
        {
            if (operation.Http is { } template)
            {
                Add(new Leaf(template, operation, null));
            }
        }

        foreach (var line in missing)
        {
            var parts = line.Split(' ');
            Add(new Leaf(RestTemplate.Parse(parts[0], parts[1], 200), null, parts[2]));
        }
    }

    /// <param name="rawPath">Percent-encoded, with its leading slash and without the query.</param>
    /// <param name="rawQuery">Without the question mark.</param>
    /// <param name="headers">Null for a request without any.</param>
    public bool TryMatch(
        string method, ReadOnlySpan<char> rawPath, ReadOnlySpan<char> rawQuery, out RestMatch match, IHeaderDictionary? headers = null)
    {
        match = default;
        var walk = new Walk(method, rawPath, rawQuery, headers);
        return walk.Descend(_root, 1, 0, ref match);
    }

    private void Add(Leaf leaf)
    {
        var node = _root;
        foreach (var segment in leaf.Template.Segments)
        {
            node = segment switch
            {
                "{}" => node.Label ??= new Node(),
                "{+}" => node.Rest ??= new Node(),
                _ => node.Literal(segment),
            };
        }

        // Those that ask more of the query and the headers are tried first.
        var at = node.Leaves.FindIndex(other => other.Asks < leaf.Asks);
        node.Leaves.Insert(at < 0 ? node.Leaves.Count : at, leaf);
    }

    private sealed record Leaf(RestTemplate Template, Operation? Operation, string? MissingName)
    {
        public int Asks { get; } = (2 * Template.Query.Length) + (Template.Header is null ? 0 : 1);
    }

    private sealed class Node
    {
        private readonly Dictionary<string, Node> _literals = [];

        public Node? Label { get; set; }

        public Node? Rest { get; set; }

        public List<Leaf> Leaves { get; } = [];

        public Node? Find(ReadOnlySpan<char> segment) =>
            _literals.Count > 0 && _literals.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(segment, out var node) ? node : null;

        public Node Literal(string segment) => _literals.TryGetValue(segment, out var node) ? node : _literals[segment] = new Node();
    }

    private readonly ref struct Walk(string method, ReadOnlySpan<char> path, ReadOnlySpan<char> query, IHeaderDictionary? headers)
    {
        private readonly string _method = method;
        private readonly ReadOnlySpan<char> _path = path;
        private readonly ReadOnlySpan<char> _query = query;
        private readonly IHeaderDictionary? _headers = headers;

        /// <summary>Goes on at the segment that begins at <paramref name="at"/>; the depth of the tree bounds the recursion.</summary>
        public bool Descend(Node node, int at, int labels, ref RestMatch match)
        {
            if (at >= _path.Length)
            {
                return Choose(node, ref match);
            }

            var slash = _path[at..].IndexOf('/');
            var end = slash < 0 ? _path.Length : at + slash;
            var segment = _path[at..end];
            if (node.Find(segment) is { } literal && Descend(literal, end + 1, labels, ref match))
            {
                return true;
            }

            if (segment.Length > 0 && node.Label is { } label && Descend(label, end + 1, labels + 1, ref match))
            {
                match.SetLabel(labels, at..end);
                return true;
            }

            if (node.Rest is { } rest && Choose(rest, ref match))
            {
                match.SetLabel(labels, at.._path.Length);
                return true;
            }

            return false;
        }

        private bool Choose(Node node, ref RestMatch match)
        {
            foreach (var leaf in node.Leaves)
            {
                if (leaf.Template.Method == _method && HasQuery(leaf.Template.Query) && HasHeader(leaf.Template.Header))
                {
                    match.Operation = leaf.Operation;
                    match.MissingName = leaf.MissingName;
                    return true;
                }
            }

            return false;
        }

        private bool HasHeader(string? wanted) => wanted is null || _headers?.ContainsKey(wanted) == true;

        private bool HasQuery(KeyValuePair<string, string?>[] wanted)
        {
            foreach (var (name, value) in wanted)
            {
                if (!new QueryReader(_query).Contains(name, value))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
