using Tieline.Operations.OnCall;
using Tieline.Operations.ShiftLog;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Time;

namespace Tieline.Operations;

/// <summary>The demonstration's nights: a roster around its first day, two notices, and what the shifts wrote down.</summary>
internal sealed class NightPeopleDemo(AppDb db, IOrganization organization, IDemoUsers users, IUtilityClock clock) : IDemoData
{
    private const int Weeks = 6;

    public int Order => 700;

    public string Name => "nights";

    public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
    {
        var signIns = await users.Employees(ct);
        var (operating, technical) = (signIns["operator"], signIns["techadmin"]);
        var members = await organization.ToDoRoleId(OperationsSeed.Role, ct) is { } role ? await organization.MembersOf(role, ct) : [];
        var others = members.Select(m => m.Id).Where(id => id != operating && id != technical).ToList();
        await PlanDuties(plan.AsOf, [operating, .. others.Take(2)], [technical, .. others.Skip(2).Take(2)], [signIns["supervisor"]], ct);
        await Notices(plan.AsOf, operating, technical, ct);
        await Log(plan.AsOf, operating, technical, ct);
        await db.SaveChangesAsync(ct);
    }

    /// <summary>The third level is for the ends of weeks only; of the first, one week begins a day late, so that a gap can be seen.</summary>
    private async Task PlanDuties(DateOnly asOf, long[] first, long[] second, long[] third, CancellationToken ct)
    {
        var monday = asOf.AddDays(-(((int)asOf.DayOfWeek + 6) % 7) - 7);
        foreach (var (level, people) in ((int, long[])[])[(1, first), (2, second)])
        {
            for (var week = 0; week < Weeks; week++)
            {
                var from = monday.AddDays((7 * week) + (level == 1 && week == 4 ? 1 : 0));
                // Whoever signs in as operator has the week in which the demonstration begins.
                var who = people[(week + people.Length - 1) % people.Length];
                db.Add(new Duty(db.NextId(), who, level, await At(from, 8, ct), await At(monday.AddDays(7 * (week + 1)), 8, ct)));
            }
        }
        for (var week = 1; week < Weeks; week++)
            db.Add(new Duty(db.NextId(), third[0], 3, await At(monday.AddDays((7 * week) + 4), 17, ct), await At(monday.AddDays((7 * week) + 7), 8, ct)));
    }

    private async Task Notices(DateOnly asOf, long operating, long technical, CancellationToken ct)
    {
        var names = await organization.Names([operating, technical], ct);
        ActorRef Of(long id) => new(ActorKind.Employee, id, names[id]);
        var process = new ActorRef(ActorKind.Process, 0, "web hooks");

        var at = await At(asOf.AddDays(-1), 3, ct);
        var taken = New("Web hook Outage map is paused, its target has failed for a day: Answered 503.", at, new RecordRef("web_hook_pause", db.NextId()));
        taken.Address(1, operating, at);
        taken.Address(2, technical, at.AddMinutes(10));
        taken.Acknowledge(Of(technical), at.AddMinutes(13), null);
        db.Add(taken);
        Step(taken, at, process, NoticeStepKind.Called, 1, operating);
        Step(taken, at.AddMinutes(10), process, NoticeStepKind.Called, 2, technical);
        Step(taken, at.AddMinutes(13), Of(technical), NoticeStepKind.Acknowledged, 2, null);

        var before = await At(asOf.AddDays(-3), 2, ct);
        var over = New("SEARCH-CHECK is late: Run 1 has gone on for 95 minutes; 60 is the most.", before, new RecordRef("batch_late", db.NextId()));
        over.Address(1, operating, before);
        over.Acknowledge(Of(operating), before.AddMinutes(4), null);
        over.Settle("Run 1 is over.", before.AddMinutes(21));
        db.Add(over);
        Step(over, before, process, NoticeStepKind.Called, 1, operating);
        Step(over, before.AddMinutes(4), Of(operating), NoticeStepKind.Acknowledged, 1, null);
        Step(over, before.AddMinutes(21), process, NoticeStepKind.Settled, 1, null, "Run 1 is over.");
    }

    private Notice New(string text, DateTime at, RecordRef cause) => new()
    {
        Id = db.NextId(), Cause = cause, Subject = cause, Text = text, Words = SearchText.Fold(text), Severity = NoticeSeverity.Warning, RaisedAt = at,
    };

    private void Step(Notice notice, DateTime at, ActorRef by, NoticeStepKind kind, int level, long? employee, string? comment = null) =>
        db.Add(new NoticeStep { Id = db.NextId(), NoticeId = notice.Id, At = at, By = by, Kind = kind, Level = level, EmployeeId = employee, Comment = comment });

    private async Task Log(DateOnly asOf, long operating, long technical, CancellationToken ct)
    {
        var names = await organization.Names([operating, technical], ct);
        ActorRef Of(long id) => new(ActorKind.Employee, id, names[id]);
        Write(await At(asOf.AddDays(-3), 2, ct), Of(operating), "SEARCH-CHECK came late at two o'clock: the database was busy with the backup. It was over twenty minutes later.");
        Write(await At(asOf.AddDays(-2), 22, ct), Of(technical), "Backup now begins at 01:30 instead of 02:00, away from SEARCH-CHECK. Please watch the first night.");
        var handed = Write(await At(asOf.AddDays(-2), 23, ct), Of(technical), "Quiet evening. Nothing to be done before the morning.", "");
        handed.TakeOver(Of(operating), await At(asOf.AddDays(-1), 0, ct));
        Write(await At(asOf.AddDays(-1), 3, ct), Of(technical), "The outage map answers 503 since yesterday; its people are at it. The web hook stays paused until they call.");
        Write(await At(asOf.AddDays(-1), 6, ct), Of(operating), "Call the people of the outage map after eight.", "Notice: Web hook Outage map is paused (" + names[technical] + " has it)");
    }

    private ShiftEntry Write(DateTime at, ActorRef author, string text, string? open = null)
    {
        var entry = new ShiftEntry
        {
            Id = db.NextId(), Kind = open is null ? ShiftEntryKind.Note : ShiftEntryKind.HandOver, At = at, Author = author, Text = text, Words = SearchText.Fold($"{(open is null ? "" : "hand-over ")}{text}"), Open = open,
        };
        db.Add(entry);
        return entry;
    }

    private ValueTask<DateTime> At(DateOnly on, int hour, CancellationToken ct) => clock.ToInstant(on, new TimeOnly(hour, 0), ct);
}
