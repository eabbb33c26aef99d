using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary><c>Mine</c>: addressed to me or worked on by me, or by someone absent whose deputy I am. <c>Roles</c>: addressed to a role of mine. <c>All</c> needs a right of its own.</summary>
internal enum ToDoScope { Mine, Roles, All }

/// <summary>When it is due, by the utility's days: before today, today, in the seven days after, later; <c>Ahead</c> is both of the last, <c>Overdue</c> what is late by its day or by its hours.</summary>
internal enum DueBand { Late, Today, Week, Later, Ahead, Overdue }

/// <summary>How long ago it was made: within a day, a week, a month, or longer ago.</summary>
internal enum AgeBand { Day, Week, Month, Older }

/// <summary>Work, a page at a time. Every scope and order follows an index, however much work there is.</summary>
internal sealed class ListToDos(AppDb db, CurrentActor actor, ToDoDesk desk, IUtilityClock clock, IAuditTrail audit, ToDosInSight sight) : IUse<ListToDos.Input, Page<ToDoLine>>
{
    /// <param name="State">Null for everything that is to be done: not complete, and not on hold for another day.</param>
    /// <param name="Type">Code of the type.</param>
    /// <param name="Sort"><c>due</c>, <c>priority</c> or <c>age</c>, and of a type that has sort keys <c>key</c>, with a leading minus the other way round; complete ones always newest first.</param>
    /// <param name="After">Cursor of the page before.</param>
    /// <param name="Size">1 to 200.</param>
    public sealed record Input(
        ToDoScope? Scope = null, ToDoState? State = null, string? Type = null, long? RoleId = null, DueBand? Due = null, long? PersonId = null,
        string? Sort = null, string? After = null, int? Size = null)
    {
        /// <summary>1 (now) to 9 (whenever).</summary>
        public int? Priority { get; init; }
        /// <summary>Without a state: what is on hold for another day too, so that it is all that is not complete.</summary>
        public bool WithHeld { get; init; }
        /// <summary>In the hands of this person, or addressed to them and in nobody's.</summary>
        public long? EmployeeId { get; init; }
        public AgeBand? Age { get; init; }
    }

    public async Task<Outcome<Page<ToDoLine>>> Handle(Input input, CancellationToken ct)
    {
        var page = await Read(input, ct);
        await Looked("to dos", page.Items, ct);
        return page;
    }

    /// <summary>Keeps in one row whose work was shown.</summary>
    public async Task Looked(string list, IEnumerable<ToDoLine> shown, CancellationToken ct)
    {
        var people = shown.Select(t => t.PersonId).OfType<long>().Distinct().ToArray();
        if (people.Length > 0)
            await audit.Looked(new RecordRef("search", 0), ct, list, people);
    }

    /// <summary>For a page of several lists, which keeps one look for all of them.</summary>
    public async Task<Page<ToDoLine>> Read(Input input, CancellationToken ct)
    {
        Require(input);
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var order = Order(input);
        var today = await clock.Today(ct);
        var after = order.ByKey ? await WithKey(input.After, ct) : input.After;
        IQueryable<ToDo>? found = null;
        foreach (var scope in await Scopes(input, ct))
        {
            var part = order.Sort(order.Behind(Narrow(scope, input, today, clock.Now), after)).Take(size + 1);
            found = found is null ? part : found.Concat(part);
        }
        if (found is null)
            return new Page<ToDoLine>([]);
        var rows = await ToDoLists.Rows(order.Sort(found).Take(size + 1)).ToListAsync(ct);
        var page = rows.GetRange(0, Math.Min(rows.Count, size));
        var next = rows.Count > size ? order.Cursor(page[^1]) : null;
        return new Page<ToDoLine>(await sight.Shown([.. order.WithinPage(page).Select(r => r.Line)], ct), next);
    }

    /// <summary>How many the list shows on all its pages; counted no further than <paramref name="most"/>.</summary>
    public async Task<int> Count(Input input, int most, CancellationToken ct)
    {
        Require(input);
        var (order, today) = (Order(input), await clock.Today(ct));
        IQueryable<ToDo>? found = null;
        foreach (var scope in await Scopes(input, ct))
        {
            var part = order.Sort(Narrow(scope, input, today, clock.Now)).Take(most);
            found = found is null ? part : found.Concat(part);
        }
        return found is null ? 0 : await found.Take(most).CountAsync(ct);
    }

    private async Task<string?> WithKey(string? after, CancellationToken ct) =>
        long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && await db.Set<ToDo>().Where(t => t.Id == id).Select(t => t.SortKey).SingleOrDefaultAsync(ct) is { } key ? $"{after}-{key}" : after;

    private void Require(Input input)
    {
        actor.Require(ToDosPermissions.Work);
        if (input.Scope == ToDoScope.All)
            actor.Require(ToDosPermissions.ReadAll);
    }

    /// <summary>What the words of the customer's name sort by is for one type at a time.</summary>
    private static ToDoOrder Order(Input input) => ToDoOrder.Of(input.Type is null && input.Sort is "key" or "-key" ? null : input.Sort, input.State == ToDoState.Complete);

    /// <summary>
    /// What the actor's list consists of. Each part is read by its own index, already in order, and no more of it than a page:
    /// one condition with "or" would read all of a role's work to sort it.
    /// </summary>
    private async Task<IReadOnlyList<IQueryable<ToDo>>> Scopes(Input input, CancellationToken ct)
    {
        var whole = await Whole(input, ct);
        return input.EmployeeId is not { } who ? whole : [.. whole.SelectMany(part => new[] { part.Where(t => t.WorkedById == who), part.Where(t => t.EmployeeId == who && t.WorkedById == null) })];
    }

    /// <summary>Before it is narrowed to one person.</summary>
    private async Task<IReadOnlyList<IQueryable<ToDo>>> Whole(Input input, CancellationToken ct)
    {
        var all = db.Set<ToDo>().AsNoTracking();
        switch (input.Scope ?? ToDoScope.Mine)
        {
            case ToDoScope.All:
                return [input.RoleId is { } role ? all.Where(t => t.RoleId == role) : all];
            case ToDoScope.Roles:
                var mine = (await desk.MyRoles(ct)).Where(r => input.RoleId is null || r == input.RoleId).ToArray();
                return [.. mine.Select(r => all.Where(t => t.RoleId == r))];
            default:
                var people = await desk.MeAndAbsent(ct);
                return [.. people.SelectMany(who => new[]
                {
                    all.Where(t => t.EmployeeId == who),
                    all.Where(t => t.WorkedById == who && (t.EmployeeId == null || !people.Contains(t.EmployeeId.Value))),
                })];
        }
    }

    /// <summary>Made after the first instant, up to the second.</summary>
    public static (DateTime After, DateTime Until) Between(AgeBand age, DateTime now) => age switch
    {
        AgeBand.Day => (now.AddDays(-1), now),
        AgeBand.Week => (now.AddDays(-7), now.AddDays(-1)),
        AgeBand.Month => (now.AddDays(-30), now.AddDays(-7)),
        _ => (DateTime.UnixEpoch, now.AddDays(-30)),
    };

    private static IQueryable<ToDo> Narrow(IQueryable<ToDo> toDos, Input input, DateOnly today, DateTime now)
    {
        // The condition of the indexes is said in any case.
        toDos = input.State == ToDoState.Complete ? toDos.Where(t => t.State == ToDoState.Complete) : toDos.Where(t => t.State != ToDoState.Complete);
        if (input.State is ToDoState.Open or ToDoState.BeingWorkedOn or ToDoState.OnHold)
            toDos = toDos.Where(t => t.State == input.State);
        else if (input.State is null && !input.WithHeld)
            toDos = toDos.Where(t => t.State != ToDoState.OnHold || t.HoldUntil <= today);
        if (TypedText.OneLineOrNull(input.Type, 50) is { } typed)
        {
            var code = typed.ToUpperInvariant();
            toDos = toDos.Where(t => t.TypeCode == code);
        }
        if (input.PersonId is { } person)
            toDos = toDos.Where(t => t.PersonId == person);
        if (input.Priority is { } priority)
            toDos = toDos.Where(t => t.Priority == priority);
        if (input.Age is { } age)
        {
            var (from, to) = Between(age, now);
            toDos = toDos.Where(t => t.CreatedAt > from && t.CreatedAt <= to);
        }
        var week = today.AddDays(7);
        return input.Due switch
        {
            DueBand.Late => toDos.Where(t => t.DueOn < today),
            DueBand.Overdue => toDos.Where(t => t.DueOn < today || (t.UntilAt ?? t.DueAt) < now),
            DueBand.Today => toDos.Where(t => t.DueOn == today),
            DueBand.Week => toDos.Where(t => t.DueOn > today && t.DueOn <= week),
            DueBand.Ahead => toDos.Where(t => t.DueOn > today),
            DueBand.Later => toDos.Where(t => t.DueOn > week),
            _ => toDos,
        };
    }
}
