using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Live;
using Tieline.Platform.Rules;
using Tieline.Platform.Uses;
using Tieline.ToDos.Entries;
using Tieline.ToDos.Types;

namespace Tieline.ToDos;

internal sealed class ToDosDoor(AppDb db, IOrganization organization, Readdressing readdressing, ToDoWording wording, ToDoRules rules, IEvents events, ILive live, ToDosInSight sight) : IToDos
{
    public async Task<Outcome<long?>> Create(NewToDo work, CancellationToken ct)
    {
        if (work.Cause is { } cause && await db.Set<ToDo>().AnyAsync(t => t.Cause == cause, ct))
            return Outcome<long?>.Of(null);
        if (await Types(ct) is var types && !types.TryGetValue(work.TypeCode, out var type))
            return new Problem("TypeCode", $"There is no To Do type {work.TypeCode}.", "todo.type.unknown");
        var given = await readdressing.Of([work], types, ct);
        var words = (await wording.Of([work], types, ct))[0];
        var spoken = (await rules.Speak([(await Addressed(given.Work[0], type, ct), type, words.Subject)], ct))[0];
        if (spoken.SuppressedBy is { } rule)
        {
            await events.Publish(new ToDosSuppressed(type.Code, rule.RuleId, rule.Number, 1), ct, new RecordRef("rule_version", rule.VersionId));
            return Outcome<long?>.Of(null);
        }
        if (Entity(spoken, type, words) is not { } toDo)
            return new Problem("RoleId", $"Name a person or a role: To Dos of type {work.TypeCode} have no default role.", "todo.address.missing");
        db.Add(toDo);
        Log(toDo.Id, ToDoSteps.Created, given.Why.GetValueOrDefault(0));
        if (spoken.Words is { } said)
            Log(toDo.Id, ToDoSteps.Ruled, said);
        await events.Publish(new ToDosCreated([toDo.Id]), ct, toDo.AuditSubject);
        await live.Tell("todo", null, ct);
        return Outcome<long?>.Of(toDo.Id);
    }

    public async Task<IReadOnlyDictionary<long, int>> InHand(CancellationToken ct) =>
        await db.Set<ToDo>().Where(t => t.State == ToDoState.BeingWorkedOn && t.WorkedById != null).GroupBy(t => t.WorkedById!.Value)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);

    public async Task<int> CreateMany(IReadOnlyList<NewToDo> work, CancellationToken ct)
    {
        var types = await Types(ct);
        var roles = (await organization.ToDoRoles(ct)).ToDictionary(r => r.Id);
        var followUp = await organization.FollowUpRole(ct);
        NewToDo Addressed(NewToDo w) => w.AddressedTo is null && w.EmployeeId is null && (w.RoleId ?? types[w.TypeCode].DefaultRoleId) is { } role ? To(w, roles.GetValueOrDefault(role) ?? followUp) : w;
        var given = await readdressing.Of(work, types, ct);
        var words = await wording.Of(work, types, ct);
        var (entities, notes) = (new List<ToDo>(work.Count), new Dictionary<long, IReadOnlyList<(string Action, string? Words)>>());
        var suppressed = new List<(string Type, RuleHit Rule)>();
        var said = await rules.Speak([.. given.Work.Select((w, i) => (Addressed(w), types[w.TypeCode], words[i].Subject))], ct);
        for (var i = 0; i < work.Count; i++)
        {
            var (w, type, spoken) = (given.Work[i], types[given.Work[i].TypeCode], said[i]);
            if (spoken.SuppressedBy is { } rule)
            {
                suppressed.Add((type.Code, rule));
                continue;
            }
            var entity = Entity(spoken, type, words[i]) ?? throw new InvalidOperationException($"To Dos of type {w.TypeCode} have no default role, and {w.Cause} names nobody.");
            entities.Add(entity);
            notes[entity.Id] = spoken.Words is { } ruled ? [(ToDoSteps.Created, given.Why.GetValueOrDefault(i)), (ToDoSteps.Ruled, ruled)] : [(ToDoSteps.Created, given.Why.GetValueOrDefault(i))];
        }
        var added = (await db.BulkInsertNew(entities, t => t.Cause, ct)).ToHashSet();
        var created = entities.Where(t => added.Contains(t.Id)).ToList();
        await db.BulkInsert(
            created.SelectMany(t => notes[t.Id].Select(n => ToDoLog.Of(db, t.Id, n.Action, n.Words))), ct);
        await db.AuditCreated(created, ct);
        foreach (var one in suppressed.GroupBy(s => (s.Type, s.Rule.RuleId, s.Rule.Number, s.Rule.VersionId)))
            await events.Publish(new ToDosSuppressed(one.Key.Type, one.Key.RuleId, one.Key.Number, one.Count()), ct, new RecordRef("rule_version", one.Key.VersionId));
        if (created.Count == 0 && suppressed.Count > 0)
            await db.SaveChangesAsync(ct);
        if (created.Count > 0)
        {
            await events.Publish(new ToDosCreated([.. created.Select(t => t.Id)]), ct);
            await db.SaveChangesAsync(ct);
            await live.Tell("todo", null, ct);
        }
        return created.Count;
    }

    public async Task Load(IEnumerable<PastToDo> work, CancellationToken ct)
    {
        var toDos = new List<ToDo>();
        var logs = new List<ToDoLog>();
        foreach (var past in work)
        {
            var (w, id) = (past.Work, db.NextId());
            void Wrote(DateTime at, Platform.Security.ActorRef by, string action, string? body) =>
                logs.Add(new ToDoLog { Id = db.NextId(), ToDoId = id, At = at, Author = by, Action = action, Body = body });
            var toDo = new ToDo
            {
                Id = id, TypeCode = w.TypeCode, Priority = w.Priority ?? 5, BasePriority = w.Priority ?? 5, Subject = w.Subject!, EmployeeId = w.EmployeeId, RoleId = w.RoleId, AddressedTo = w.AddressedTo!,
                DueOn = w.DueOn, DueAt = w.DueAt, UntilAt = w.UntilAt, PersonId = w.PersonId, AccountId = w.AccountId, PremiseId = w.PremiseId, ContactId = w.ContactId,
                Cause = w.Cause, CreatedBy = past.CreatedBy, CreatedAt = past.CreatedAt,
            };
            Wrote(past.CreatedAt, past.CreatedBy, ToDoSteps.Created, null);
            if (past is { WorkedBy: { } by, StartedAt: { } started })
            {
                toDo.Start(by.Id, by.Name);
                Wrote(started, by, ToDoSteps.Started, null);
                if (past.CompletedAt is { } completed)
                {
                    toDo.Complete(by, completed, past.Resolution);
                    Wrote(completed, by, ToDoSteps.Completed, past.Resolution);
                }
            }
            toDos.Add(toDo);
        }
        await db.BulkInsert(toDos, ct);
        await db.BulkInsert(logs, ct);
    }

    public async Task Reschedule(RecordRef cause, DateOnly dueOn, DateTime? dueAt, DateTime? untilAt, CancellationToken ct)
    {
        if (await OpenFor(cause, ct) is not { } toDo)
            return;
        toDo.Reschedule(dueOn, dueAt, untilAt);
        Log(toDo.Id, ToDoSteps.Rescheduled, $"Now due on {dueOn:yyyy-MM-dd}.");
        if (toDo.TypeCode != WorkOfAbsent.ToDoType)
            await readdressing.Moved(toDo, ct);
        await live.Tell("todo", null, ct);
    }

    public async Task<bool> Reword(RecordRef cause, string subject, CancellationToken ct)
    {
        if (await OpenFor(cause, ct) is not { } toDo)
            return false;
        toDo.Reword(subject);
        Log(toDo.Id, ToDoSteps.Reworded, subject);
        await live.Tell("todo", null, ct);
        return true;
    }

    public async Task CompleteFor(RecordRef cause, string? resolution, CancellationToken ct)
    {
        if (await OpenFor(cause, ct) is not { } toDo)
            return;
        await Complete(toDo, resolution, ct);
        await live.Tell("todo", null, ct);
    }

    public async Task CompleteForAll(IReadOnlyCollection<RecordRef> causes, string? resolution, CancellationToken ct)
    {
        foreach (var some in causes.Chunk(1_000))
        {
            var open = some.Select(c => (RecordRef?)c).ToList();
            foreach (var toDo in await db.Set<ToDo>().Where(t => open.Contains(t.Cause) && t.State != ToDoState.Complete).ToListAsync(ct))
                await Complete(toDo, resolution, ct);
        }
        await live.Tell("todo", null, ct);
    }

    public Task<bool> AnyOpenFor(IReadOnlyCollection<RecordRef> causes, CancellationToken ct)
    {
        var some = causes.Select(c => (RecordRef?)c).ToList();
        return db.Set<ToDo>().AnyAsync(t => some.Contains(t.Cause) && t.State != ToDoState.Complete, ct);
    }

    private async Task Complete(ToDo toDo, string? resolution, CancellationToken ct)
    {
        toDo.Complete(db.Actor.Ref, db.Now, resolution);
        Log(toDo.Id, ToDoSteps.Completed, resolution);
        await events.Publish(new ToDoCompleted(toDo.Id, toDo.TypeCode), ct, toDo.AuditSubject);
    }

    public async Task ContactMoved(long contactId, long? personId, long? accountId, long? premiseId, CancellationToken ct)
    {
        foreach (var toDo in await db.Set<ToDo>().Where(t => t.ContactId == contactId).ToListAsync(ct))
            toDo.BelongTo(personId, accountId, premiseId);
    }

    public Task<bool> AnyAbout(long contactId, CancellationToken ct) => db.Set<ToDo>().AnyAsync(t => t.ContactId == contactId, ct);

    public async Task<IReadOnlyList<ToDoLine>> OpenOf(long personId, int limit, CancellationToken ct) =>
        await sight.Shown(await ToDoLists.Lines(db.Set<ToDo>().Where(t => t.PersonId == personId && t.State != ToDoState.Complete)
            .OrderBy(t => t.DueOn).ThenBy(t => t.Id).Take(limit)).ToListAsync(ct), ct);

    public async Task EnsureType(string code, string name, int defaultPriority, string? defaultRoleCode, CancellationToken ct)
    {
        if (await db.Set<ToDoType>().AnyAsync(t => t.Code == code, ct))
            return;
        var role = defaultRoleCode is null ? null : await organization.ToDoRole(defaultRoleCode, ct);
        db.Add(new ToDoType(db.NextId(), code, name, defaultPriority, role?.Id));
    }

    public async Task LeadToCause(string code, CancellationToken ct)
    {
        if (await db.Set<ToDoType>().SingleOrDefaultAsync(t => t.Code == code, ct) is { Version: 0, DrillTarget: DrillTarget.ToDo } type)
            type.LeadToCause();
    }

    private void Log(long toDoId, string action, string? body) =>
        db.Add(ToDoLog.Of(db, toDoId, action, body));

    private Task<ToDo?> OpenFor(RecordRef cause, CancellationToken ct) =>
        db.Set<ToDo>().SingleOrDefaultAsync(t => t.Cause == cause && t.State != ToDoState.Complete, ct);

    /// <summary>Whatever their days: those keep people from making such work, but what has a cause must not get lost.</summary>
    private async Task<Dictionary<string, ToDoType>> Types(CancellationToken ct) =>
        await db.Set<ToDoType>().AsNoTracking().ToDictionaryAsync(t => t.Code, StringComparer.Ordinal, ct);

    /// <summary>What would go to a role that is not in use on this day goes to whoever follows up: it must not get lost.</summary>
    private async Task<NewToDo> Addressed(NewToDo work, ToDoType type, CancellationToken ct) =>
        work.AddressedTo is not null ? work
        : work.EmployeeId is { } employee ? work with { AddressedTo = (await organization.Employee(employee, ct))?.Name }
        : (work.RoleId ?? type.DefaultRoleId) is { } role ? To(work, await organization.ToDoRole(role, ct) ?? await organization.FollowUpRole(ct))
        : work;

    private static NewToDo To(NewToDo work, ToDoRoleLine? role) => role is null ? work : work with { RoleId = role.Id, AddressedTo = role.Name };

    private ToDo? Entity(ToDoRules.Spoken spoken, ToDoType type, ToDoWording.Words words)
    {
        var work = spoken.Work;
        var role = work.EmployeeId is null ? work.RoleId ?? type.DefaultRoleId : work.RoleId;
        if ((work.EmployeeId is null && role is null) || work.AddressedTo is null)
            return null;
        return new ToDo
        {
            Id = db.NextId(), TypeCode = type.Code, Priority = spoken.Priority, BasePriority = spoken.Priority, Subject = words.Subject, SortKey = words.SortKey, RuleVersionId = spoken.VersionId,
            EmployeeId = work.EmployeeId, RoleId = role, AddressedTo = work.AddressedTo, DueOn = work.DueOn, DueAt = work.DueAt, UntilAt = work.UntilAt,
            PersonId = work.PersonId, AccountId = work.AccountId, PremiseId = work.PremiseId, ContactId = work.ContactId, Cause = work.Cause,
            CreatedBy = db.Actor.Ref, CreatedAt = db.Now,
        };
    }
}
