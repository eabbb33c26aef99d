using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Calendars;
using Tieline.Organization.Skills;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Organization;

/// <summary>To Do roles for other installations; who belongs to them stays at home.</summary>
internal sealed class ConfiguredToDoRoles(AppDb db, AddToDoRole add, ChangeToDoRole change) : Configured<ConfiguredToDoRoles.Row>
{
    public sealed record Row(string Code, string Name, string Description = "", bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public override string Part => "to-do-roles";
    public override string Title => "To Do roles";
    public override string Permission => OrganizationPermissions.Manage;
    public override int Order => 100;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Name;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        await db.Set<ToDoRole>().AsNoTracking().OrderBy(r => r.Code).Select(r => new Row(r.Code, r.Name, r.Description, r.Active, r.FromOn, r.ToOn)).ToListAsync(ct);

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        if (!await db.Set<ToDoRole>().AnyAsync(r => r.Code == row.Code, ct) && await add.Handle(new(row.Code, row.Name, row.Description), ct) is { Ok: false } refused)
            return refused.Problems;
        var role = await db.Set<ToDoRole>().SingleAsync(r => r.Code == row.Code, ct);
        return (await change.Handle(new(role.Id, role.Version, row.Name, row.Description, row.Active, row.FromOn, row.ToOn), ct)).Problems;
    }
}

/// <summary>Skills for other installations; who has them stays at home.</summary>
internal sealed class ConfiguredSkills(AppDb db, AddSkill add, ChangeSkill change) : Configured<ConfiguredSkills.Row>
{
    public sealed record Row(string Code, string Name, bool Active = true);

    public override string Part => "skills";
    public override string Title => "Skills";
    public override string Permission => OrganizationPermissions.Manage;
    public override int Order => 110;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Name;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        await db.Set<Skill>().AsNoTracking().OrderBy(s => s.Code).Select(s => new Row(s.Code, s.Name, s.Active)).ToListAsync(ct);

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        if (!await db.Set<Skill>().AnyAsync(s => s.Code == row.Code, ct) && await add.Handle(new(row.Code, row.Name), ct) is { Ok: false } refused)
            return refused.Problems;
        var skill = await db.Set<Skill>().SingleAsync(s => s.Code == row.Code, ct);
        return (await change.Handle(new(skill.Id, skill.Version, row.Name, row.Active), ct)).Problems;
    }
}

/// <summary>Calendars with all their holidays for other installations.</summary>
internal sealed class ConfiguredCalendars(AppDb db, AddCalendar add, ChangeCalendar change, AddHoliday addHoliday, RemoveHoliday removeHoliday) : Configured<ConfiguredCalendars.Row>
{
    public sealed record Row(string Code, string Name, IReadOnlyList<DayOfWeek> WorkDays, TimeOnly OpensAt, TimeOnly ClosesAt, IReadOnlyList<Day> Holidays);

    public sealed record Day(DateOnly On, string Name);

    public override string Part => "calendars";
    public override string Title => "Calendars";
    public override string Permission => OrganizationPermissions.Manage;
    public override int Order => 120;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Name;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct)
    {
        var holidays = (await db.Set<Holiday>().AsNoTracking().OrderBy(h => h.FallsOn).ToListAsync(ct)).ToLookup(h => h.CalendarId, h => new Day(h.FallsOn, h.Name));
        return [.. (await db.Set<BusinessCalendar>().AsNoTracking().OrderBy(c => c.Code).ToListAsync(ct))
            .Select(c => new Row(c.Code, c.Name, c.OpenDays, c.OpensAt, c.ClosesAt, [.. holidays[c.Id]]))];
    }

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        if (!await db.Set<BusinessCalendar>().AnyAsync(c => c.Code == row.Code, ct)
            && await add.Handle(new(row.Code, row.Name, row.WorkDays, row.OpensAt, row.ClosesAt), ct) is { Ok: false } refused)
            return refused.Problems;
        var calendar = await db.Set<BusinessCalendar>().SingleAsync(c => c.Code == row.Code, ct);
        if (await change.Handle(new(calendar.Id, calendar.Version, row.Name, row.WorkDays, row.OpensAt, row.ClosesAt), ct) is { Ok: false } unchanged)
            return unchanged.Problems;
        var here = await db.Set<Holiday>().AsNoTracking().Where(h => h.CalendarId == calendar.Id).ToListAsync(ct);
        foreach (var gone in here.Where(h => !row.Holidays.Contains(new Day(h.FallsOn, h.Name))))
            await removeHoliday.Handle(new(gone.Id), ct);
        foreach (var day in row.Holidays.Where(d => !here.Exists(h => h.FallsOn == d.On && h.Name == d.Name)))
        {
            if (await addHoliday.Handle(new(calendar.Id, day.On, day.Name), ct) is { Ok: false } wrong)
                return wrong.Problems;
        }
        return [];
    }
}
