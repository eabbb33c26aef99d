using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Entries;

/// <summary>Adds a To Do by hand.</summary>
internal sealed class AddToDo(AppDb db, CurrentActor actor, IToDos toDos, ToDoDesk desk, ICustomers customers, IToDoContacts contacts, Fitness fitness, IUtilityClock clock, IEnumerable<IToDoKind> kinds)
    : IUse<AddToDo.Input, Added>
{
    public const int MaxSubject = 500;

    /// <param name="Subject">May be left to the type, where that has a message.</param>
    /// <param name="DueOn">Today when null.</param>
    /// <param name="DueFrom">The utility's time; null for any time of the day.</param>
    /// <param name="EmployeeId">To this person; else to <paramref name="RoleId"/>; else to the type's role.</param>
    /// <param name="ContactId">The contact it is about; it is about the contact's person, account and premise then, unless others are named that go together.</param>
    /// <param name="Priority">1 (now) to 9 (whenever); null for the type's.</param>
    /// <param name="WithoutSkill">The person lacks a skill that the type needs, and is given it all the same.</param>
    public sealed record Input(
        string? Type, string? Subject = null, DateOnly? DueOn = null, TimeOnly? DueFrom = null, TimeOnly? DueTo = null, long? EmployeeId = null, long? RoleId = null,
        int? Priority = null, long? PersonId = null, long? AccountId = null, long? PremiseId = null, long? ContactId = null, bool WithoutSkill = false);

    public Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        return db.InTransaction(() => Add(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Added>> Add(Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var type = await Type(input.Type, problems, ct);
        var subject = problems.Text(nameof(Input.Subject), "What is to be done", input.Subject, MaxSubject, required: type is not { Message: not null });
        var on = await CheckDue(input, problems, ct);
        CheckPriority(input.Priority, nameof(Input.Priority), problems);
        var address = await desk.Address(input.EmployeeId, input.RoleId, problems, ct);
        await fitness.Check(type?.Code ?? "", address, input.WithoutSkill, problems, ct);
        var about = await About(input, problems, ct);
        var together = await customers.CheckTogether(about.PersonId, about.AccountId, about.PremiseId, ct);
        problems.List.AddRange(together.Problems);
        if (problems.Any)
            return problems;

        var created = await toDos.Create(new NewToDo(
            type!.Code, subject.Length == 0 ? null : subject, on, null,
            input.DueFrom is { } from ? await clock.ToInstant(on, from, ct) : null, input.DueTo is { } to ? await clock.ToInstant(on, to, ct) : null,
            address?.EmployeeId, address?.RoleId, together.Value.PersonId, together.Value.AccountId, together.Value.PremiseId, input.ContactId, input.Priority, address?.Name), ct);
        if (!created.Ok)
            return Outcome<Added>.Broken(created.Problems);
        if (created.Value is not { } made)
            return new Problem(nameof(Input.Type), "A rule of the house keeps these from being made. Ask an administrator.", "todo.suppressed");
        await db.SaveChangesAsync(ct);
        return new Added(made);
    }

    private async Task<(long? PersonId, long? AccountId, long? PremiseId)> About(Input input, Problems problems, CancellationToken ct)
    {
        if (input.ContactId is not { } id)
            return (input.PersonId, input.AccountId, input.PremiseId);
        var contact = await contacts.Find(id, ct);
        if (contact is null)
            problems.Add(nameof(Input.ContactId), "There is no such contact.", "todo.contact.unknown");
        else if (input.PersonId is { } person && person != contact.PersonId)
        {
            problems.Add(nameof(Input.PersonId), "The contact belongs to someone else.", "todo.contact.other_person");
            return (person, input.AccountId, input.PremiseId);
        }
        return (input.PersonId ?? contact?.PersonId, input.AccountId ?? contact?.AccountId, input.PremiseId ?? contact?.PremiseId);
    }

    internal static void CheckPriority(int? priority, string field, Problems problems)
    {
        if (priority is < 1 or > 9)
            problems.Add(field, "Priority is a number from 1 (now) to 9 (whenever).", "todo.priority");
    }

    private async Task<ToDoType?> Type(string? typed, Problems problems, CancellationToken ct)
    {
        var code = TypedText.OneLine(typed, 50).ToUpperInvariant();
        if (code.Length == 0)
        {
            problems.List.Add(Problem.Required(nameof(Input.Type), "Type"));
            return null;
        }
        var type = await db.Set<ToDoType>().AsNoTracking().SingleOrDefaultAsync(t => t.Code == code, ct);
        if (type is null)
            problems.Add(nameof(Input.Type), "There is no such type.", "todo.type.unknown");
        else if (!type.IsInForce(await clock.Today(ct)))
            problems.Add(nameof(Input.Type), $"The type {type.Name} is not in use today.", "todo.type.closed");
        else if (!type.ByHand || kinds.Any(k => k.TypeCode == code))
            problems.Add(nameof(Input.Type), $"{type.Name}: these To Dos are made by Tieline itself.", "todo.type.automatic");
        return type;
    }

    private async Task<DateOnly> CheckDue(Input input, Problems problems, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        var on = input.DueOn ?? today;
        if (on < today)
            problems.Add(nameof(Input.DueOn), "The day lies in the past.", "todo.due.past");
        else if (on > today.AddYears(3))
            problems.Add(nameof(Input.DueOn), "More than three years ahead is surely a slip.", "todo.due.too_far");
        if (input.DueFrom is null && input.DueTo is not null)
            problems.Add(nameof(Input.DueFrom), "From when?", "todo.due.window");
        if (input.DueTo < input.DueFrom)
            problems.Add(nameof(Input.DueTo), "The end lies before the beginning.", "todo.due.window");
        return on;
    }
}
