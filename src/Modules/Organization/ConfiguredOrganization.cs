using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Calendars;
using Tieline.Organization.Shifts;
using Tieline.Organization.Skills;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Organization;

/// <summary>To Do roles for other installations; who belongs to them stays at home.</summary>
internal sealed class ConfiguredToDoRoles(AppDb db, AddToDoRole add, ChangeToDoRole change) : Configured<ConfiguredToDoRoles.Row>
{
    public sealed record Row(string Code, string Name, string Description = "", bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null, string? Calendar = null);

    public override string Part => "to-do-roles";
    public override string Title => "To Do roles";
    public override string Permission => OrganizationPermissions.Manage;
    public override int Order => 130;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Name;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        await db.Set<ToDoRole>().AsNoTracking().OrderBy(r => r.Code)
            .Select(r => new Row(r.Code, r.Name, r.Description, r.Active, r.FromOn, r.ToOn, db.Set<BusinessCalendar>().Where(c => c.Id == r.CalendarId).Select(c => c.Code).FirstOrDefault()))
            .ToListAsync(ct);

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        var calendar = row.Calendar is null ? null : await db.Set<BusinessCalendar>().Where(c => c.Code == row.Calendar).Select(c => (long?)c.Id).SingleOrDefaultAsync(ct);
        if (row.Calendar is not null && calendar is null)
            return [Unknown(nameof(Row.Calendar), "calendar", row.Calendar)];
        if (await db.Set<ToDoRole>().AsNoTracking().SingleOrDefaultAsync(r => r.Code == row.Code, ct) is not { } role)
        {
            var added = await add.Handle(new(row.Code, row.Name, row.Description, row.FromOn, row.ToOn, calendar), ct);
            if (!added.Ok || row.Active)
                return added.Problems;
            role = await db.Set<ToDoRole>().AsNoTracking().SingleAsync(r => r.Id == added.Value.Id, ct);
        }
        return (await change.Handle(new(role.Id, role.Version, row.Name, row.Description, row.Active, row.FromOn, row.ToOn, calendar), ct)).Problems;
    }
}

/// <summary>Skills for other installations; who has them stays at home.</summary>
internal sealed class ConfiguredSkills(AppDb db, AddSkill add, ChangeSkill change) : Configured<ConfiguredSkills.Row>
{
    public sealed record Row(string Code, string Name, bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public override string Part => "skills";
    public override string Title => "Skills";
    public override string Permission => OrganizationPermissions.Manage;
    public override int Order => 110;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Name;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        await db.Set<Skill>().AsNoTracking().OrderBy(s => s.Code).Select(s => new Row(s.Code, s.Name, s.Active, s.FromOn, s.ToOn)).ToListAsync(ct);

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        if (await db.Set<Skill>().AsNoTracking().SingleOrDefaultAsync(s => s.Code == row.Code, ct) is not { } skill)
        {
            var added = await add.Handle(new(row.Code, row.Name, row.FromOn, row.ToOn), ct);
            if (!added.Ok || row.Active)
                return added.Problems;
            skill = await db.Set<Skill>().AsNoTracking().SingleAsync(s => s.Id == added.Value.Id, ct);
        }
        return (await change.Handle(new(skill.Id, skill.Version, row.Name, row.Active, row.FromOn, row.ToOn), ct)).Problems;
    }
}

/// <summary>Calendars with all their holidays for other installations.</summary>
internal sealed class ConfiguredCalendars(AppDb db, AddCalendar add, ChangeCalendar change, AddHoliday addHoliday, RemoveHoliday removeHoliday) : Configured<ConfiguredCalendars.Row>
{
    public sealed record Row(string Code, string Name, IReadOnlyList<DayOfWeek> WorkDays, TimeOnly OpensAt, TimeOnly ClosesAt, IReadOnlyList<Day> Holidays, DateOnly? FromOn = null, DateOnly? ToOn = null);

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
            .Select(c => new Row(c.Code, c.Name, c.OpenDays, c.OpensAt, c.ClosesAt, [.. holidays[c.Id]], c.FromOn, c.ToOn))];
    }

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        long id;
        if (await db.Set<BusinessCalendar>().AsNoTracking().SingleOrDefaultAsync(c => c.Code == row.Code, ct) is { } kept)
        {
            if (await change.Handle(new(id = kept.Id, kept.Version, row.Name, row.WorkDays, row.OpensAt, row.ClosesAt, row.FromOn, row.ToOn), ct) is { Ok: false } unchanged)
                return unchanged.Problems;
        }
        else
        {
            var added = await add.Handle(new(row.Code, row.Name, row.WorkDays, row.OpensAt, row.ClosesAt, row.FromOn, row.ToOn), ct);
            if (!added.Ok)
                return added.Problems;
            id = added.Value.Id;
        }
        var here = await db.Set<Holiday>().AsNoTracking().Where(h => h.CalendarId == id).ToListAsync(ct);
        foreach (var gone in here.Where(h => !row.Holidays.Contains(new Day(h.FallsOn, h.Name))))
            await removeHoliday.Handle(new(gone.Id), ct);
        foreach (var day in row.Holidays.Where(d => !here.Exists(h => h.FallsOn == d.On && h.Name == d.Name)))
        {
            if (await addHoliday.Handle(new(id, day.On, day.Name), ct) is { Ok: false } wrong)
                return wrong.Problems;
        }
        return [];
    }
}

/// <summary>Shift patterns for other installations; who follows them stays at home.</summary>
internal sealed class ConfiguredShiftPatterns(AppDb db, AddShiftPattern add, ChangeShiftPattern change) : Configured<ConfiguredShiftPatterns.Row>
{
    public sealed record Row(string Code, string Name, string Calendar, IReadOnlyList<ShiftDay> Days, bool WorksClosed = false, bool Active = true);

    public override string Part => "shift-patterns";
    public override string Title => "Shift patterns";
    public override string Permission => OrganizationPermissions.Manage;
    public override int Order => 125;

    protected override string KeyOf(Row row) => row.Code;
    protected override string NameOf(Row row) => row.Name;

    protected override async Task<IReadOnlyList<Row>> Rows(CancellationToken ct) =>
        [.. (await (from p in db.Set<ShiftPattern>()
                    join c in db.Set<BusinessCalendar>() on p.CalendarId equals c.Id
                    orderby p.Code
                    select new { p.Code, p.Name, Calendar = c.Code, p.Week, p.WorksClosed, p.Active }).ToListAsync(ct))
            .Select(p => new Row(p.Code, p.Name, p.Calendar, [.. ShiftWeek.Read(p.Week).Where(d => d.FromAt is not null)], p.WorksClosed, p.Active))];

    protected override async Task<IReadOnlyList<Problem>> Put(Row row, CancellationToken ct)
    {
        if (await db.Set<BusinessCalendar>().Where(c => c.Code == row.Calendar).Select(c => (long?)c.Id).SingleOrDefaultAsync(ct) is not { } calendar)
            return [Unknown(nameof(Row.Calendar), "calendar", row.Calendar)];
        if (await db.Set<ShiftPattern>().AsNoTracking().SingleOrDefaultAsync(p => p.Code == row.Code, ct) is not { } pattern)
        {
            var added = await add.Handle(new(row.Code, row.Name, calendar, row.Days, row.WorksClosed), ct);
            if (!added.Ok || row.Active)
                return added.Problems;
            pattern = await db.Set<ShiftPattern>().AsNoTracking().SingleAsync(p => p.Id == added.Value.Id, ct);
        }
        return (await change.Handle(new(pattern.Id, pattern.Version, row.Name, calendar, row.Days, row.WorksClosed, row.Active), ct)).Problems;
    }
}
