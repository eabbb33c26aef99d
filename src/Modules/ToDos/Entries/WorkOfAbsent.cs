using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Time;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Entries;

/// <summary>
/// Work that is due while someone is away: a deputy who is here has it beside their own (<see cref="ToDoDesk.MeAndAbsent"/>), else it goes to the role of its type, and
/// what they took from a role goes back. Who has left or is away too is no deputy. Both sides are told by a To Do: the deputy for the first day, the other for the day after the last.
/// </summary>
internal sealed class WorkOfAbsent(AppDb db, IToDos toDos, IOrganization organization, Readdressing readdressing, HandOverWork work, IJobs jobs, IUtilityClock clock)
    : IHear<AbsenceRecorded>, IHear<AbsenceCancelled>, IHear<EmployeeLeft>, IJobHandler<WorkOfAbsent.Payload>
{
    public const string ToDoType = "ABSENCE";
    public const string RecordedSubscriber = "todos.absence_recorded";
    public const string CancelledSubscriber = "todos.absence_cancelled";
    public const string DeputyLeftSubscriber = "todos.deputy_left";
    public const string Kind = "todo.absence_begins";

    public sealed record Payload(long AbsenceId, long EmployeeId);

    public Task Hear(AbsenceRecorded fact, long eventId, CancellationToken ct) =>
        db.InTransaction(
            async () =>
            {
                var (away, days) = ((await organization.Employee(fact.EmployeeId, ct))!.Name, Days(fact.FromOn, fact.ToOn));
                var deputy = fact.DeputyId is { } id && await organization.Employee(id, ct) is { Active: true } here ? here : null;
                if (deputy is null)
                    await toDos.CompleteFor(ForDeputy(fact.AbsenceId), "There is no deputy any more.", ct);
                else
                    await Tell(ForDeputy(fact.AbsenceId), deputy, $"Stand in for {away}, {days}: what is due for them stands in your lists", fact.FromOn, ct);
                await Tell(ForAbsent(fact.AbsenceId), new EmployeeLine(fact.EmployeeId, "", away, "", "", true),
                    deputy is null ? NobodyStoodIn(days) : $"Away {days}: {deputy.Name} stands in", fact.ToOn.AddDays(1), ct);
                if (await clock.Today(ct) <= fact.ToOn)
                    await jobs.Enqueue(Kind, new Payload(fact.AbsenceId, fact.EmployeeId), ct, await clock.StartOf(fact.FromOn, ct), $"{fact.AbsenceId} {eventId}");
                await db.SaveChangesAsync(ct);
                return true;
            }, ct);

    public async Task Hear(AbsenceCancelled fact, long eventId, CancellationToken ct)
    {
        await toDos.CompleteFor(ForDeputy(fact.AbsenceId), "The absence was cancelled.", ct);
        await toDos.CompleteFor(ForAbsent(fact.AbsenceId), "The absence was cancelled.", ct);
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Those for whom they stood in have no deputy any more.</summary>
    public Task Hear(EmployeeLeft fact, long eventId, CancellationToken ct) =>
        db.InTransaction(
            async () =>
            {
                foreach (var absence in await organization.AbsencesWithDeputy(fact.EmployeeId, ct))
                {
                    // Who is back already stands in again.
                    if (!absence.DeputyHasLeft)
                        continue;
                    await toDos.CompleteFor(ForDeputy(absence.Id), Readdressing.HasLeft(absence.Deputy!), ct);
                    await toDos.Reword(ForAbsent(absence.Id), NobodyStoodIn(Days(absence.FromOn, absence.ToOn)), ct);
                    await jobs.Enqueue(Kind, new Payload(absence.Id, absence.EmployeeId), ct, await clock.StartOf(absence.FromOn, ct), $"{absence.Id} {eventId}");
                }
                await db.SaveChangesAsync(ct);
                return true;
            }, ct);

    /// <summary>The absence begins: what cannot wait for its end finds another owner, also that of those for whom they were to stand in.</summary>
    public async Task Run(Payload payload, JobRun job, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        // Cancelled or moved: the day comes again, or need not.
        if (await organization.AbsenceOn(payload.EmployeeId, today, ct) is not { } begun || begun.Id != payload.AbsenceId)
            return;
        var types = await db.Set<ToDoType>().AsNoTracking().ToDictionaryAsync(t => t.Code, StringComparer.Ordinal, ct);
        foreach (var absence in await organization.AbsencesOn([payload.EmployeeId, .. await organization.StandsInFor(payload.EmployeeId, today, ct)], today, ct))
        {
            if (absence.NobodyUntil is { } until)
                await HandOver(absence, until, types, ct);
        }
    }

    private async Task HandOver(AbsenceLine absence, DateOnly until, IReadOnlyDictionary<string, ToDoType> types, CancellationToken ct)
    {
        for (long? after = 0; after is { } behind;)
        {
            after = await work.Chunk(
                absence.EmployeeId, behind, Readdressing.IsAway(absence), t => t.DueOn <= until && t.TypeCode != ToDoType,
                async toDo => await readdressing.RoleFor(types.GetValueOrDefault(toDo.TypeCode), ct) is { } role ? new(null, role.Id, role.Name) : null, ct);
        }
    }

    /// <summary>One To Do for each side of an absence, however often it is changed.</summary>
    private async Task Tell(RecordRef cause, EmployeeLine whom, string words, DateOnly on, CancellationToken ct)
    {
        if (await db.Set<ToDo>().SingleOrDefaultAsync(t => t.Cause == cause && t.State != ToDoState.Complete, ct) is not { } told)
        {
            // A start that was long ago may have been before this type.
            await toDos.EnsureType(ToDoType, "Absence", 5, null, ct);
            await db.SaveChangesAsync(ct);
            await toDos.Create(new NewToDo(ToDoType, words, on, cause, EmployeeId: whom.Id, AddressedTo: whom.Name), ct);
            return;
        }
        if (told.EmployeeId != whom.Id)
            await readdressing.Give(told, whom.Id, null, whom.Name, "they stand in now.", ct);
        if (told.Subject != words)
            await toDos.Reword(cause, words, ct);
        if (told.DueOn != on)
            await toDos.Reschedule(cause, on, null, null, ct);
    }

    private static string Days(DateOnly from, DateOnly to) => $"{from:d MMMM} to {to:d MMMM yyyy}";

    private static string NobodyStoodIn(string days) => $"Away {days}: what was due went to the roles";

    private static RecordRef ForDeputy(long absenceId) => new("absence", absenceId);

    private static RecordRef ForAbsent(long absenceId) => new("absence_return", absenceId);
}
