using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Ui;

/// <summary>
/// Makes a use's input of a typed form: records by their constructor and settable properties, lists, dictionaries with text
/// keys. What cannot be read becomes a problem at its field. Fields that are not on the form keep the type's default.
/// </summary>
internal static class FormBinder
{
    private static readonly ConcurrentDictionary<Type, Plan> Plans = new();

    public static (T? Input, List<Problem> Problems) Bind<T>(TypedForm form)
    {
        var problems = new List<Problem>();
        var value = Read(form.Root, typeof(T), nullable: false, "", problems);
        return ((T?)value, problems);
    }

    private static object? Read(TypedForm.Node? node, Type type, bool nullable, string path, List<Problem> problems)
    {
        if (FieldText.IsSimple(type))
            return Simple(node, type, nullable, path, problems);
        if (Element(type) is { } element)
            return ReadList(node, type, element, nullable, path, problems);
        if (DictionaryValue(type) is { } entry)
            return ReadDictionary(node, entry, nullable, path, problems);
        if (node is null && nullable)
            return null;
        return ReadRecord(node, type, path, problems);
    }

    private static object? Simple(TypedForm.Node? node, Type type, bool nullable, string path, List<Problem> problems)
    {
        var text = node?.Values is { Count: > 0 } values ? values[0] : null;
        if (type == typeof(string))
            return string.IsNullOrEmpty(text) ? (nullable ? null : "") : text;
        if (text is null)
            return Default(type);
        if (FieldText.TryRead(text, type, out var value, out var complaint))
            return value;
        problems.Add(new Problem(path, complaint, string.IsNullOrWhiteSpace(text) ? "required" : "unreadable"));
        return Default(type);
    }

    private static object? ReadList(TypedForm.Node? node, Type type, Type element, bool nullable, string path, List<Problem> problems)
    {
        if (node is null && nullable)
            return null;
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        if (node is { Items.Count: > 0 })
        {
            foreach (var (index, item) in node.Items)
                list.Add(Read(item, element, nullable: false, $"{path}[{index}]", problems));
        }
        else if (node is not null && FieldText.IsSimple(element))
        {
            foreach (var text in node.Values.Where(v => !string.IsNullOrEmpty(v)))
            {
                if (FieldText.TryRead(text!, element, out var value, out var complaint))
                    list.Add(value);
                else
                    problems.Add(new Problem(path, complaint, "unreadable"));
            }
        }
        if (type.IsArray)
        {
            var array = Array.CreateInstance(element, list.Count);
            list.CopyTo(array, 0);
            return array;
        }
        return type.IsInstanceOfType(list) ? list : Activator.CreateInstance(typeof(HashSet<>).MakeGenericType(element), list);
    }

    private static object? ReadDictionary(TypedForm.Node? node, Type entry, bool nullable, string path, List<Problem> problems)
    {
        if (node is null && nullable)
            return null;
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), entry))!;
        if (node is null)
            return dictionary;
        foreach (var (key, item) in node.Children.Concat(node.Items.Select(i => KeyValuePair.Create($"{i.Key}", i.Value))))
            dictionary[key] = Read(item, entry, nullable: false, $"{path}[{key}]", problems);
        return dictionary;
    }

    private static object ReadRecord(TypedForm.Node? node, Type type, string path, List<Problem> problems)
    {
        var plan = Plans.GetOrAdd(type, Plan.For);
        object? Part(Slot slot) => Read(node?.Child(slot.Name, create: false), slot.Type, slot.Nullable, path.Length == 0 ? slot.Name : $"{path}.{slot.Name}", problems);
        var record = plan.Make.Invoke([.. plan.Arguments.Select(a => node is not null && node.Children.ContainsKey(a.Name) || !a.HasDefault ? Part(a) : a.Default)]);
        foreach (var slot in plan.Properties.Where(p => node?.Children.ContainsKey(p.Name) == true))
            slot.Property!.SetValue(record, Part(slot));
        return record;
    }

    private static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    private static Type? Element(Type type)
    {
        if (type.IsArray)
            return type.GetElementType();
        if (!type.IsGenericType || type.GetGenericArguments() is not [var element])
            return null;
        var open = type.GetGenericTypeDefinition();
        return open == typeof(List<>) || open == typeof(IReadOnlyList<>) || open == typeof(IList<>) || open == typeof(IEnumerable<>) || open == typeof(ICollection<>)
            || open == typeof(IReadOnlyCollection<>) || open == typeof(HashSet<>) || open == typeof(ISet<>) || open == typeof(IReadOnlySet<>) ? element : null;
    }

    private static Type? DictionaryValue(Type type) =>
        type.IsGenericType && type.GetGenericArguments() is [var key, var value] && key == typeof(string)
            && type.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(key, value)) ? value : null;

    private sealed record Slot(string Name, Type Type, bool Nullable, bool HasDefault, object? Default, PropertyInfo? Property);

    private sealed record Plan(ConstructorInfo Make, IReadOnlyList<Slot> Arguments, IReadOnlyList<Slot> Properties)
    {
        public static Plan For(Type type)
        {
            var make = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
                .Where(c => c.GetParameters() is not [var only] || only.ParameterType != type)
                .MaxBy(c => c.GetParameters().Length)
                ?? throw new InvalidOperationException($"A form cannot make a {type.Name}: it has no constructor.");
            var nullability = new NullabilityInfoContext();
            var arguments = make.GetParameters().Select(p => new Slot(
                p.Name!, p.ParameterType, nullability.Create(p).WriteState == NullabilityState.Nullable, p.HasDefaultValue,
                p.HasDefaultValue && p.DefaultValue is null && p.ParameterType.IsValueType ? Default(p.ParameterType) : p.HasDefaultValue ? p.DefaultValue : null, null)).ToList();
            var taken = arguments.Select(a => a.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.CanWrite && p.GetIndexParameters().Length == 0 && !taken.Contains(p.Name))
                .Select(p => new Slot(p.Name, p.PropertyType, nullability.Create(p).WriteState == NullabilityState.Nullable, false, null, p)).ToList();
            return new Plan(make, arguments, properties);
        }
    }
}
