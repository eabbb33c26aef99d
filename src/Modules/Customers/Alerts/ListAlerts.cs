using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Alerts;

/// <summary>An alert as administrators see it.</summary>
/// <param name="Kind">What it warns of, in the room's words; null when this programme knows it no more.</param>
/// <param name="Says">Its conditions in words.</param>
/// <param name="InForce">Today.</param>
internal sealed record AlertFile(
    long Id, string Code, string? Kind, string Icon, string Name, bool Active, Tone Tone, IReadOnlyDictionary<string, string> Conditions, string Says, CustomerClass? CustomerClass,
    DateOnly FromOn, DateOnly? ToOn, bool InForce, int Version)
{
    public static AlertFile Of(AlertSetting s, IAlert? alert, DateOnly today) => new(
        s.Id, s.Code, alert?.Name, alert?.Icon ?? "help", s.Name, s.Active, s.Tone, s.Typed,
        string.Join(", ", (alert?.Conditions ?? []).Select(c => $"{c.Label.ToLowerInvariant()}: {s.Typed.GetValueOrDefault(c.Code) ?? c.Default}")), s.CustomerClass, s.FromOn, s.ToOn,
        alert is not null && s.IsInForce(today), s.Version);
}

/// <summary>All alerts, in their order.</summary>
internal sealed class ListAlerts(AppDb db, CurrentActor actor, IEnumerable<IAlert> alerts, IUtilityClock clock) : IUse<ListAlerts.Input, Page<AlertFile>>
{
    /// <param name="Search">Part of a name or code.</param>
    public sealed record Input(string? Search = null, bool? InForce = null);

    public async Task<Outcome<Page<AlertFile>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Alerts);
        var (byCode, today) = (alerts.ToDictionary(a => a.Code, StringComparer.Ordinal), await clock.Today(ct));
        var settings = await db.Set<AlertSetting>().AsNoTracking().OrderBy(s => s.Position).ThenBy(s => s.Id).ToListAsync(ct);
        IEnumerable<AlertFile> files = settings.Select(s => AlertFile.Of(s, byCode.GetValueOrDefault(s.Code), today));
        if (TypedText.OneLineOrNull(input.Search, 100) is { } part)
            files = files.Where(f => f.Name.Contains(part, StringComparison.OrdinalIgnoreCase) || f.Code.Contains(part, StringComparison.OrdinalIgnoreCase));
        if (input.InForce is { } inForce)
            files = files.Where(f => f.InForce == inForce);
        return new Page<AlertFile>([.. files], Total: settings.Count);
    }
}

internal sealed class GetAlert(AppDb db, CurrentActor actor, IEnumerable<IAlert> alerts, IUtilityClock clock) : IUse<GetAlert.Input, AlertFile>
{
    public sealed record Input(long Id);

    public async Task<Outcome<AlertFile>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Alerts);
        return await db.Set<AlertSetting>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == input.Id, ct) is { } setting
            ? AlertFile.Of(setting, alerts.FirstOrDefault(a => a.Code == setting.Code), await clock.Today(ct))
            : Problem.NotFound("The alert");
    }
}
