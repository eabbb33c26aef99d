using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tieline.Platform.Tours;

/// <summary>
/// A guided tour for a role: steps on the real pages. A room brings it as <c>Tours/code.json</c>; the names of its steps stay when their words change, since
/// progress is kept by them.
/// </summary>
/// <param name="Role">One of <see cref="Security.Roles"/>.</param>
/// <param name="Version">Raised when somebody who has finished it should take it again.</param>
/// <param name="Minutes">How long it takes.</param>
public sealed record Tour(string Code, string Role, int Version, string Title, string About, int Minutes, IReadOnlyList<TourStep> Steps)
{
    /// <returns>The step of a name, or the first.</returns>
    public TourStep StepOf(string? key) => Steps.FirstOrDefault(s => s.Key == key) ?? Steps[0];

    /// <returns>From 1.</returns>
    public int NumberOf(TourStep step) => Steps.Index().First(s => s.Item == step).Index + 1;
}

/// <param name="Page">Template of the page on which it stands, as written behind <c>@page</c>.</param>
/// <param name="At">CSS selector of what it speaks about; null for the page as a whole.</param>
/// <param name="From">Where one begins who is elsewhere; needed where the template has parameters.</param>
/// <param name="Way">How one comes from there to the page.</param>
/// <param name="Do">What to do now.</param>
/// <param name="Done">The <see cref="TourFact"/> that says it was done.</param>
/// <param name="Said">What is said then.</param>
public sealed record TourStep(
    string Key, string Title, string Text, string Page, string? At = null, string? From = null, string? Way = null, string? Do = null, string? Done = null, string? Said = null)
{
    public string Start => From ?? Page;

    /// <summary>Whether the step stands on the page of this address.</summary>
    public bool IsOn(string path)
    {
        var pattern = Regex.Replace(Page, @"\{\w+(:long)?\}", m => m.Groups[1].Success ? "\u0001" : "\u0002", RegexOptions.None, TimeSpan.FromSeconds(1));
        var exact = Regex.Escape(pattern).Replace("\u0001", "[0-9]+", StringComparison.Ordinal).Replace("\u0002", "[^/]+", StringComparison.Ordinal);
        return Regex.IsMatch(path, $"^{exact}$", RegexOptions.None, TimeSpan.FromSeconds(1));
    }
}

/// <summary>The tours of all rooms.</summary>
public sealed class TourBook(ModuleList modules)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };
    private readonly Lazy<IReadOnlyList<Tour>> tours = new(() => [.. modules.Assemblies.SelectMany(Read).OrderBy(t => Array.IndexOf(Security.Roles.All, t.Role)).ThenBy(t => t.Code, StringComparer.Ordinal)]);

    public IReadOnlyList<Tour> All => tours.Value;

    public Tour? Find(string? code) => All.FirstOrDefault(t => t.Code == code);

    private static IEnumerable<Tour> Read(Assembly room)
    {
        foreach (var name in room.GetManifestResourceNames().Where(n => n.StartsWith("Tours/", StringComparison.Ordinal)))
        {
            using var file = room.GetManifestResourceStream(name)!;
            yield return JsonSerializer.Deserialize<Tour>(file, Json) is { Steps.Count: > 0 } tour ? tour : throw new InvalidDataException($"{name} of {room.GetName().Name} has no steps.");
        }
    }
}
