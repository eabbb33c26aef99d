using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Configuration;

/// <summary>A part of what administrators decide, which travels between installations in a file. Rows are known by their codes, never by keys.</summary>
public interface IConfigured
{
    /// <summary>As the file names it: <c>contact-types</c>.</summary>
    string Part { get; }

    /// <summary>As people read it: "Contact types".</summary>
    string Title { get; }

    /// <summary>Who may keep these may carry them.</summary>
    string Permission { get; }

    /// <summary>Parts that others refer to come first.</summary>
    int Order { get; }

    /// <summary>All rows as they are now, by code.</summary>
    Task<IReadOnlyList<ConfiguredRow>> Read(CancellationToken ct);

    /// <summary>A row of a file in the form in which <see cref="Read"/> gives it.</summary>
    /// <exception cref="JsonException">It has a field that is not known here, or a value that cannot be read.</exception>
    ConfiguredRow Parse(JsonObject fields);

    /// <summary>Adds the row, or changes the one of its code, through the room's own uses. Joins the caller's transaction.</summary>
    Task<IReadOnlyList<Problem>> Put(ConfiguredRow row, CancellationToken ct);
}

/// <param name="Key">Its code.</param>
/// <param name="Name">For people.</param>
public sealed record ConfiguredRow(string Key, string Name, JsonObject Fields);

/// <summary>A part whose rows are records of <typeparamref name="TRow"/>, with the codes of what they refer to.</summary>
public abstract class Configured<TRow> : IConfigured where TRow : class
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    };

    public abstract string Part { get; }
    public abstract string Title { get; }
    public abstract string Permission { get; }
    public abstract int Order { get; }

    protected abstract string KeyOf(TRow row);
    protected abstract string NameOf(TRow row);
    protected abstract Task<IReadOnlyList<TRow>> Rows(CancellationToken ct);
    protected abstract Task<IReadOnlyList<Problem>> Put(TRow row, CancellationToken ct);

    public async Task<IReadOnlyList<ConfiguredRow>> Read(CancellationToken ct) => [.. (await Rows(ct)).Select(Row)];

    public ConfiguredRow Parse(JsonObject fields) => Row(Typed(fields));

    public Task<IReadOnlyList<Problem>> Put(ConfiguredRow row, CancellationToken ct) => Put(Typed(row.Fields), ct);

    protected static Problem Unknown(string field, string what, string? code) => new(field, $"There is no {what} '{TypedText.OneLine(code, 50)}' here.", "configuration.unknown");

    private static TRow Typed(JsonObject fields)
    {
        // The reader of records looks at their own fields only, not at what stands in lists.
        RequireItems(fields);
        return fields.Deserialize<TRow>(Json) ?? throw new JsonException("A row is empty.");
    }

    private static void RequireItems(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (var item in list)
                    RequireItems(item ?? throw new JsonException("An item of a list is empty.", list.GetPath(), null, null));
                break;
            case JsonObject record:
                foreach (var (_, value) in record)
                    RequireItems(value);
                break;
        }
    }

    private ConfiguredRow Row(TRow row) => new(KeyOf(row), NameOf(row), JsonSerializer.SerializeToNode(row, Json)!.AsObject());
}

public static class ConfigurationRegistration
{
    public static IServiceCollection AddConfigured<T>(this IServiceCollection services) where T : class, IConfigured => services.AddScoped<IConfigured, T>();
}
