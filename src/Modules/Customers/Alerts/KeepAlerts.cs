using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Alerts;

/// <summary>What administrators decide about an alert.</summary>
internal record AlertFields
{
    public string? Name { get; init; }
    public bool? Active { get; init; }
    public Tone? Tone { get; init; }
    /// <summary>Condition to what is typed; those left out are as the room would have them.</summary>
    public IReadOnlyDictionary<string, string>? Conditions { get; init; }
    /// <summary>Only for customers with an account of this class.</summary>
    public CustomerClass? CustomerClass { get; init; }
    /// <summary>First day; today when null.</summary>
    public DateOnly? FromOn { get; init; }
    /// <summary>Last day.</summary>
    public DateOnly? ToOn { get; init; }
    /// <summary>The smallest stands first; null leaves it where it is, or last.</summary>
    public int? Position { get; init; }
}

/// <summary>The rules of an alert, whether it is added or changed.</summary>
internal sealed class AlertRules(AppDb db, ISettings settings, IUtilityClock clock)
{
    private const int MostDays = 3_660;

    /// <returns>Puts the checked values into the setting; null when there are problems.</returns>
    public async Task<Action<AlertSetting>?> Check(AlertFields input, IAlert? alert, AlertSetting? existing, Problems problems, CancellationToken ct)
    {
        var name = problems.Text(nameof(AlertFields.Name), "Name", input.Name, 100);
        var tone = problems.Choice(nameof(AlertFields.Tone), "Tone", input.Tone);
        if (input.CustomerClass is { } only)
            problems.Choice<CustomerClass>(nameof(AlertFields.CustomerClass), "Customer class", only);
        var active = problems.Said(nameof(AlertFields.Active), "Whether it is in use", input.Active);
        var from = input.FromOn ?? existing?.FromOn ?? await clock.Today(ct);
        problems.Period(nameof(AlertFields.FromOn), from, nameof(AlertFields.ToOn), input.ToOn);
        // By kind and name they are known in the file that travels.
        var (kind, id) = (alert?.Code, existing?.Id ?? 0);
        if (existing?.Seed is null && await db.Set<AlertSetting>().AnyAsync(s => s.Seed == null && s.Code == kind && s.Name == name && s.Id != id, ct))
            problems.Add(nameof(AlertFields.Name), $"There is already an alert of this kind with the name “{name}”.", "alert.name.taken");
        if (input.Position is < 0 or > 1_000_000)
            problems.Add(nameof(AlertFields.Position), "A position is a number from 0 to 1,000,000.", "alert.position");
        var currency = Currency.Of(await settings.Get(HouseSettings.Currency, ct));
        var conditions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var condition in alert?.Conditions ?? [])
            conditions[condition.Code] = Read(condition, input.Conditions?.GetValueOrDefault(condition.Code), currency, problems);
        foreach (var unknown in input.Conditions?.Keys.Where(k => !conditions.ContainsKey(k)) ?? [])
            problems.Add($"{nameof(AlertFields.Conditions)}[{unknown}]", "This alert has no such condition.", "alert.condition");
        if (problems.Any)
            return null;
        return setting =>
        {
            (setting.Name, setting.Active, setting.Tone, setting.CustomerClass, setting.FromOn, setting.ToOn) = (name, active, tone, input.CustomerClass, from, input.ToOn);
            setting.Position = input.Position ?? setting.Position;
            setting.Say(conditions);
        };
    }

    private static string Read(AlertCondition condition, string? typed, Currency currency, Problems problems)
    {
        var field = $"{nameof(AlertFields.Conditions)}[{condition.Code}]";
        var text = TypedText.OneLine(typed, 100);
        if (text.Length == 0)
            return condition.Default;
        var fits = condition.Kind switch
        {
            AlertConditionKind.Text => true,
            AlertConditionKind.Amount => currency.TryRead(text, out _),
            AlertConditionKind.Days => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= MostDays,
            _ => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 1_000_000,
        };
        if (!fits)
            problems.Add(field, condition.Kind switch
            {
                AlertConditionKind.Amount => $"{condition.Label}: '{text}' is no amount of {currency.Code}.",
                AlertConditionKind.Days => $"{condition.Label}: a whole number from 0 to {MostDays:N0}.",
                _ => $"{condition.Label}: a whole number from 1.",
            }, "alert.condition");
        return text;
    }
}

/// <summary>Adds an alert of a kind that is there already, with other conditions. It stands last.</summary>
internal sealed class AddAlert(AppDb db, CurrentActor actor, AlertRules rules, IEnumerable<IAlert> alerts, ReferenceCache<KnownAlerts> known) : IUse<AddAlert.Input, Added>
{
    private const int Most = 60;

    public sealed record Input : AlertFields
    {
        /// <summary>Of the kind.</summary>
        public string? Code { get; init; }
    }

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Alerts);
        var problems = new Problems();
        var alert = alerts.FirstOrDefault(a => a.Code == input.Code);
        if (alert is null)
            problems.Add(nameof(Input.Code), "Choose what it warns of.", "alert.code");
        else if (alert.Conditions.Count == 0)
            problems.Add(nameof(Input.Code), $"“{alert.Name}” has no conditions: a second one would say the same.", "alert.once");
        if (await rules.Check(input, alert, null, problems, ct) is not { } apply || problems.Any)
            return problems;
        // Each is a part of a statement that runs with every page.
        if (await db.Set<AlertSetting>().CountAsync(ct) >= Most)
            return new Problem(null, $"There are {Most} alerts: nobody reads more. Change one that is not in use.", "alert.too_many");
        var setting = new AlertSetting { Id = db.NextId(), Code = alert!.Code, Name = "", Position = 1 + (await db.Set<AlertSetting>().MaxAsync(s => (int?)s.Position, ct) ?? 0) };
        apply(setting);
        db.Add(setting);
        db.AfterCommit(known.Forget);
        await db.SaveChangesAsync(ct);
        return new Added(setting.Id);
    }
}

internal sealed class ChangeAlert(AppDb db, CurrentActor actor, AlertRules rules, IEnumerable<IAlert> alerts, ReferenceCache<KnownAlerts> known) : IUse<ChangeAlert.Input, Done>
{
    public sealed record Input : AlertFields
    {
        public long Id { get; init; }
        public int Version { get; init; }
    }

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Alerts);
        if (await db.Set<AlertSetting>().SingleOrDefaultAsync(s => s.Id == input.Id, ct) is not { } setting)
            return Problem.NotFound("The alert");
        var problems = new Problems();
        if (await rules.Check(input, alerts.FirstOrDefault(a => a.Code == setting.Code), setting, problems, ct) is not { } apply)
            return problems;
        db.Expect(setting, input.Version);
        apply(setting);
        db.AfterCommit(known.Forget);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

/// <summary>Moves an alert one place up or down. At the end of the list nothing happens.</summary>
internal sealed class MoveAlert(AppDb db, CurrentActor actor, ReferenceCache<KnownAlerts> known) : IUse<MoveAlert.Input, Done>
{
    public sealed record Input(long Id, bool Up);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Alerts);
        var settings = await db.Set<AlertSetting>().OrderBy(s => s.Position).ThenBy(s => s.Id).ToListAsync(ct);
        var at = settings.FindIndex(s => s.Id == input.Id);
        if (at < 0)
            return Problem.NotFound("The alert");
        var other = input.Up ? at - 1 : at + 1;
        if (other < 0 || other >= settings.Count)
            return Done.It;
        var (moved, passed) = (settings[at], settings[other]);
        // Those that a room brings later may have a place that is taken.
        var (first, second) = (moved.Position, passed.Position == moved.Position ? passed.Position + (input.Up ? -1 : 1) : passed.Position);
        moved.MoveTo(second);
        passed.MoveTo(first);
        db.AfterCommit(known.Forget);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
