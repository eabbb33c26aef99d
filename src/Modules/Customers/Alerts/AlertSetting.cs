using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Customers.Accounts;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Ui;

namespace Tieline.Customers.Alerts;

/// <summary>What administrators decided about an alert. Of one kind there may be several, with other conditions.</summary>
internal sealed class AlertSetting : IAudited
{
    public required long Id { get; init; }
    /// <summary>Of an <see cref="IAlert"/>.</summary>
    public required string Code { get; init; }
    /// <summary>The code, where the room itself brought it; null for those that administrators added. It is brought once.</summary>
    public string? Seed { get; init; }
    public required string Name { get; set; }
    public bool Active { get; set; } = true;
    /// <summary>The smallest stands first.</summary>
    public int Position { get; set; }
    public Tone Tone { get; set; }
    /// <summary>JSON: condition to what was typed.</summary>
    public string Conditions { get; private set; } = "{}";
    /// <summary>Only for customers with an account of this class; null for all.</summary>
    public CustomerClass? CustomerClass { get; set; }
    public DateOnly FromOn { get; set; }
    public DateOnly? ToOn { get; set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("alert_setting", Id);

    public IReadOnlyDictionary<string, string> Typed => JsonSerializer.Deserialize<Dictionary<string, string>>(Conditions)!;

    public bool IsInForce(DateOnly on) => Active && FromOn <= on && (ToOn is null || ToOn >= on);

    public void Say(IReadOnlyDictionary<string, string> conditions)
    {
        Conditions = JsonSerializer.Serialize(conditions.OrderBy(c => c.Key, StringComparer.Ordinal).ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal));
        Version++;
    }

    public void MoveTo(int position) => (Position, Version) = (position, Version + 1);
}

internal sealed class AlertSettingMap : IEntityTypeConfiguration<AlertSetting>
{
    public void Configure(EntityTypeBuilder<AlertSetting> builder)
    {
        builder.ToTable("alert_setting");
        builder.Ignore(s => s.Typed);
        builder.HasIndex(s => s.Seed, "ux_alert_setting_seed").IsUnique();
    }
}

/// <summary>All settings, in their order.</summary>
internal sealed record KnownAlerts(IReadOnlyList<AlertSetting> Settings)
{
    public static async Task<KnownAlerts> Read(AppDb db, CancellationToken ct) =>
        new(await db.Set<AlertSetting>().AsNoTracking().OrderBy(s => s.Position).ThenBy(s => s.Id).ToListAsync(ct));
}

/// <summary>Brings the alerts of the rooms before the administrators: each once, as the room would have it.</summary>
internal sealed class AlertSeed(AppDb db, IEnumerable<IAlert> alerts, ReferenceCache<KnownAlerts> known) : IStartStep
{
    private static readonly DateOnly Always = new(2000, 1, 1);

    public int Order => 900;

    public async Task Run(CancellationToken ct)
    {
        var there = await db.Set<AlertSetting>().Where(s => s.Seed != null).Select(s => s.Seed!).ToListAsync(ct);
        var missing = alerts.Where(a => !there.Contains(a.Code, StringComparer.Ordinal)).Select(Setting).ToList();
        if (missing.Count == 0)
            return;
        // Another node may bring the same at this moment.
        await db.InTransaction(() => db.BulkInsertNew(missing, s => s.Seed, ct), ct);
        known.Forget();
    }

    private AlertSetting Setting(IAlert alert)
    {
        var setting = new AlertSetting { Id = db.NextId(), Code = alert.Code, Seed = alert.Code, Name = alert.Name, Position = alert.Order, Tone = alert.Tone, FromOn = Always };
        setting.Say(alert.Conditions.ToDictionary(c => c.Code, c => c.Default, StringComparer.Ordinal));
        return setting;
    }
}
