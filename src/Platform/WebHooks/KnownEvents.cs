using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;

namespace Tieline.Platform.WebHooks;

/// <summary>
/// Every event the rooms announce, and what of each may leave the house: numbers, days, flags and ids do, a text only where its
/// event says that it is a code. What nobody has thought about stays inside.
/// </summary>
internal sealed class KnownEvents(ModuleList modules)
{
    private readonly Lazy<Dictionary<string, HashSet<string>>> fields = new(() => Read(modules));

    public IReadOnlyCollection<string> Names => fields.Value.Keys;

    /// <summary>What is sent of an event.</summary>
    /// <param name="body">The fact as it is kept.</param>
    public JsonObject Sent(string eventName, string body)
    {
        var sent = new JsonObject();
        var known = fields.Value.GetValueOrDefault(eventName) ?? [];
        foreach (var (name, value) in JsonNode.Parse(body)!.AsObject())
        {
            if (known.Contains(name))
                sent[name] = value?.DeepClone();
        }
        return sent;
    }

    private static Dictionary<string, HashSet<string>> Read(ModuleList modules) =>
        modules.Assemblies.Distinct().SelectMany(a => a.GetTypes()).Select(t => (Fact: t, Name: t.GetCustomAttribute<EventNameAttribute>()))
            .Where(t => t.Name is not null).OrderBy(t => t.Name!.Name, StringComparer.Ordinal)
            .ToDictionary(t => t.Name!.Name, t => t.Fact.GetProperties().Where(Leaves).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);

    private static bool Leaves(PropertyInfo property)
    {
        var type = property.PropertyType;
        if (type != typeof(string) && type.GetInterfaces().Append(type).FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>)) is { } list)
            type = list.GetGenericArguments()[0];
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return property.DeclaringType!.GetConstructors().SelectMany(c => c.GetParameters())
                .Any(p => p.Name == property.Name && p.GetCustomAttribute<CodeAttribute>() is not null);
        }
        return type.IsPrimitive || type.IsEnum || type == typeof(decimal) || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(DateTime);
    }
}

/// <summary>What is sent: the same bytes for every try of a delivery.</summary>
internal static class HookBody
{
    public const string Ping = "ping";

    public static string Of(Event fact, KnownEvents known) =>
        Text(fact.Id, fact.Name, fact.Version, fact.OccurredAt, fact.Subjects.Split(' ', StringSplitOptions.RemoveEmptyEntries), known.Sent(fact.Name, fact.Body));

    public static string OfPing(long deliveryId, DateTime at) => Text(deliveryId, Ping, 1, at, [], []);

    private static string Text(long id, string name, int version, DateTime at, string[] subjects, JsonObject data) =>
        JsonSerializer.Serialize(new { Id = id, Event = name, Version = version, OccurredAt = at, Subjects = subjects, Data = data }, JobRegistration.Json);
}
