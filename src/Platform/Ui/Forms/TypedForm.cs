using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tieline.Platform.Ui;

/// <summary>
/// What was typed into a form, by field name (<c>Comment</c>, <c>Phones[0].Number</c>, <c>Characteristics[METER]</c>; letter
/// case does not matter). Rows of lists are renumbered from 0 without gaps; rows whose telling fields are blank are left out.
/// </summary>
public sealed class TypedForm
{
    /// <summary>Hidden field that names a list and the fields without which a row is blank: <c>Phones:Number,Extension</c>.</summary>
    public const string RowsField = "_rows";

    private const int MaxDepth = 8;
    private const int MaxRows = 500;

    private TypedForm(Node root) => Root = root;

    internal Node Root { get; }

    /// <summary>Null when there is no such field; what was typed, unchanged, otherwise.</summary>
    public string? this[string name] => Find(name)?.Values is { Count: > 0 } values ? values[0] : null;

    public IReadOnlyList<string> All(string name) => [.. Find(name)?.Values.Select(v => v ?? "") ?? []];

    /// <summary>Number of rows of a list.</summary>
    public int Rows(string name) => Find(name)?.Items.Count ?? 0;

    public static TypedForm From(IEnumerable<KeyValuePair<string, StringValues>> fields)
    {
        var root = new Node();
        var telling = new List<string>();
        foreach (var (name, values) in fields)
        {
            if (name == RowsField)
                telling.AddRange(values.OfType<string>());
            else if (Place(root, name) is { } node)
                node.Values = values;
        }
        foreach (var list in telling)
        {
            var parts = list.Split(':', 2);
            if (parts.Length == 2 && Place(root, parts[0], create: false) is { } node)
                node.DropBlankRows(parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }
        root.Renumber();
        return new TypedForm(root);
    }

    internal Node? Find(string name) => Place(Root, name, create: false);

    private static Node? Place(Node node, string name, bool create = true)
    {
        var depth = 0;
        for (var at = 0; at < name.Length;)
        {
            if (++depth > MaxDepth)
                return null;
            if (name[at] == '[')
            {
                var end = name.IndexOf(']', at);
                if (end < 0)
                    return null;
                var inside = name[(at + 1)..end];
                node = node.Inside(inside, create)!;
                at = end + 1;
            }
            else
            {
                if (name[at] == '.')
                    at++;
                var end = name.AsSpan(at).IndexOfAny('.', '[');
                end = end < 0 ? name.Length : at + end;
                node = node.Child(name[at..end], create)!;
                at = end;
            }
            if (node is null)
                return null;
        }
        return node;
    }

    internal sealed class Node
    {
        public StringValues Values { get; set; }
        public Dictionary<string, Node> Children { get; } = new(StringComparer.OrdinalIgnoreCase);
        public SortedDictionary<int, Node> Items { get; private set; } = [];

        /// <summary>Number without sign: a row. Anything else: an entry by name. Both may be asked for by a dictionary.</summary>
        public Node? Inside(string inside, bool create)
        {
            if (!int.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                return Child(inside, create);
            if (Items.TryGetValue(index, out var item) || !create || Items.Count >= MaxRows)
                return item;
            return Items[index] = new Node();
        }

        public Node? Child(string name, bool create)
        {
            if (!Children.TryGetValue(name, out var child) && create)
                Children[name] = child = new Node();
            return child;
        }

        public void DropBlankRows(string[] telling)
        {
            foreach (var (index, item) in Items.ToList())
            {
                if (telling.All(field => string.IsNullOrWhiteSpace(Place(item, field, create: false)?.Values.ToString())))
                    Items.Remove(index);
            }
        }

        public void Renumber()
        {
            Items = new SortedDictionary<int, Node>(Items.Values.Select((node, index) => (node, index)).ToDictionary(p => p.index, p => p.node));
            foreach (var node in Items.Values.Concat(Children.Values))
                node.Renumber();
        }
    }
}
