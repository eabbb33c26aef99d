using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Data;

namespace Tieline.Platform.Settings;

[NotAudited("ChangeSetting writes its own entry, by name")]
internal sealed class Setting
{
    public required string Name { get; init; }
    public required string Value { get; set; }
    public int Version { get; set; }
}

internal sealed class SettingMap : IEntityTypeConfiguration<Setting>
{
    public void Configure(EntityTypeBuilder<Setting> builder)
    {
        builder.ToTable("setting");
        builder.HasKey(s => s.Name);
    }
}

/// <summary>A value the utility decides, with its default. Rooms declare theirs as static fields and name them in <see cref="Module.Settings"/>.</summary>
/// <param name="Rule">What may stand in it; null for anything of its type.</param>
public sealed record SettingKey<T>(string Name, T Default, string Description, SettingRule<T>? Rule = null) : ISettingKey where T : IParsable<T>
{
    public string DefaultText => Convert.ToString(Default) ?? "";

    public string? Allowed => Rule?.Allowed;

    public bool TryRead(string typed, out string text)
    {
        text = "";
        if (!T.TryParse(typed, null, out var value) || Rule?.Fits(value) == false)
            return false;
        text = Convert.ToString(value) ?? "";
        return true;
    }
}

/// <summary>Settings of the whole house.</summary>
public static class HouseSettings
{
    public static readonly SettingKey<string> UtilityName = new("utility.name", "Your utility", "Name of the utility, as customers know it",
        new("Up to 100 characters", name => name.Length is > 0 and <= 100));
    public static readonly SettingKey<string> TimeZone = new("utility.time_zone", "America/Los_Angeles", "IANA time zone of the utility",
        new("The IANA name of a time zone, such as America/New_York", SettingRules.IsTimeZone));
    public static readonly SettingKey<string> Country = new("utility.country", "US", "Country of phone numbers typed without a country code (ISO 3166)",
        new("Two capital letters of a country, such as US", SettingRules.IsCountry));
    public static readonly SettingKey<string> Currency = new("utility.currency", "USD", "Currency of the whole database (ISO 4217)",
        new("Three capital letters of a currency, such as USD", SettingRules.IsCurrency));

    internal static readonly ISettingKey[] All = [UtilityName, TimeZone, Country, Currency];
}

public interface ISettings
{
    /// <summary>The value in force; at most ten seconds old on other nodes.</summary>
    ValueTask<T> Get<T>(SettingKey<T> key, CancellationToken ct) where T : IParsable<T>;

    /// <summary>Sets a value in the running transaction.</summary>
    Task Set<T>(SettingKey<T> key, T value, CancellationToken ct) where T : IParsable<T>;
}

/// <summary>Name to value, as stored.</summary>
internal sealed record StoredSettings(IReadOnlyDictionary<string, string> Values)
{
    public static async Task<StoredSettings> Read(AppDb db, CancellationToken ct) =>
        new(await db.Set<Setting>().AsNoTracking().ToDictionaryAsync(s => s.Name, s => s.Value, StringComparer.Ordinal, ct));
}

internal sealed class SettingStore(AppDb db, ReferenceCache<StoredSettings> cache, Audit.IAuditTrail audit) : ISettings
{
    public async ValueTask<T> Get<T>(SettingKey<T> key, CancellationToken ct) where T : IParsable<T> =>
        (await cache.Get(ct)).Values.TryGetValue(key.Name, out var text) && T.TryParse(text, null, out var value) ? value : key.Default;

    public async Task Set<T>(SettingKey<T> key, T value, CancellationToken ct) where T : IParsable<T>
    {
        var text = Convert.ToString(value) ?? "";
        var setting = await db.Set<Setting>().FindAsync([key.Name], ct);
        audit.Add("setting", new RecordRef("setting", 0), null, new { key.Name, Before = setting?.Value, After = text });
        if (setting is null)
            db.Add(new Setting { Name = key.Name, Value = text });
        else
            (setting.Value, setting.Version) = (text, setting.Version + 1);
        db.AfterCommit(cache.Forget);
    }
}
