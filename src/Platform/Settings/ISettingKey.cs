using System.Globalization;

namespace Tieline.Platform.Settings;

/// <summary>A setting as those see it who know neither its room nor its type.</summary>
public interface ISettingKey
{
    string Name { get; }
    string Description { get; }
    string DefaultText { get; }

    /// <summary>What may stand in it, in words; null for any text.</summary>
    string? Allowed { get; }

    /// <param name="text">As it is stored.</param>
    /// <returns>False for what may not stand in it.</returns>
    bool TryRead(string typed, out string text);
}

/// <param name="Allowed">In words, as the beginning of a sentence: "A whole number from 1 to 365".</param>
public sealed record SettingRule<T>(string Allowed, Func<T, bool> Fits);

public static class SettingRules
{
    private static readonly Lazy<(HashSet<string> Countries, HashSet<string> Currencies)> Regions = new(() =>
    {
        var regions = CultureInfo.GetCultures(CultureTypes.SpecificCultures).Select(c => new RegionInfo(c.Name)).Where(r => r.TwoLetterISORegionName.Length == 2).ToArray();
        return ([.. regions.Select(r => r.TwoLetterISORegionName)], [.. regions.Select(r => r.ISOCurrencySymbol)]);
    });

    /// <summary>Both ends are allowed.</summary>
    public static SettingRule<int> Between(int least, int most) => new($"A whole number from {least:N0} to {most:N0}", number => number >= least && number <= most);

    // The machine's own names for zones (Windows) are not understood everywhere.
    internal static bool IsTimeZone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId && zone.Id == name;

    internal static bool IsCountry(string code) => code.Length == 2 && Regions.Value.Countries.Contains(code);

    internal static bool IsCurrency(string code) => code.Length == 3 && code.All(char.IsAsciiLetterUpper) && Regions.Value.Currencies.Contains(code);
}
