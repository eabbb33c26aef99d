using System.Runtime.InteropServices;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Figures;

internal enum FigureKind { Employee, Type }

/// <summary>Handle time and first-contact resolution of an employee, of a contact type, or of all.</summary>
internal sealed record FigureLine
{
    /// <summary>Employee or contact type; null for the line of all.</summary>
    public long? Id { get; init; }
    public string Name { get; init; } = "";
    /// <summary>Calls, visits and chats that ended; one that was handed over counts for each who worked on it.</summary>
    public int Interactions { get; init; }
    /// <summary>Seconds in progress, parked and waiting times excluded. Of a type: each interaction's time divided evenly among its contacts.</summary>
    public long HandledSeconds { get; init; }
    public int Contacts { get; init; }
    /// <summary>Contacts of which somebody said whether they were resolved at once.</summary>
    public int Said { get; init; }
    public int ResolvedNow { get; init; }
    /// <summary>First contacts of a person about a class of which it is known how they turned out.</summary>
    public int FirstKnown { get; init; }
    /// <summary>Those after which the person did not come back about the same class.</summary>
    public int FirstResolved { get; init; }
    /// <summary>Those after which they still may.</summary>
    public int FirstPending { get; init; }

    /// <summary>Seconds for each interaction, or for each contact of a type; null without any.</summary>
    public int? AverageSeconds { get; init; }

    public double? FirstRate => FirstKnown == 0 ? null : (double)FirstResolved / FirstKnown;

    public double? NowRate => Said == 0 ? null : (double)ResolvedNow / Said;
}

/// <summary>
/// Figures of a span of days, for those who look after everybody's calls. A contact is a first one when its person had none of the same class in the
/// days before (<see cref="Repeats.Days"/>), and resolved when none follows within as many; until these have passed it is pending. Only what came in
/// counts, and several contacts in one interaction are one.
/// </summary>
internal sealed class CallFigures(AppDb db, CurrentActor actor, ISettings settings, IUtilityClock clock) : IUse<CallFigures.Input, CallFigures.Figures>
{
    public const int MostDays = 92;

    /// <param name="From">The utility's day, as is <paramref name="To"/>; both count. The last seven days without them.</param>
    public sealed record Input(FigureKind? By = null, DateOnly? From = null, DateOnly? To = null);

    /// <param name="Days">In which a second contact says that the first resolved nothing.</param>
    public sealed record Figures(DateOnly From, DateOnly To, int Days, FigureLine All, IReadOnlyList<FigureLine> Lines);

    public async Task<Outcome<Figures>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Supervise);
        var to = input.To ?? await clock.Today(ct);
        var from = input.From ?? to.AddDays(-6);
        if (to < from)
            return new Problem(nameof(Input.To), "The last day lies before the first.", "figures.days");
        if (to.DayNumber - from.DayNumber >= MostDays)
            return new Problem(nameof(Input.From), $"At most {MostDays} days at a time.", "figures.days");
        if (to == DateOnly.MaxValue || from.Year < 1900)
            return new Problem(nameof(Input.From), "No calls are kept of then.", "figures.days");
        var span = (Start: await clock.StartOf(from, ct), End: await clock.EndOf(to, ct));
        var days = await settings.Get(Repeats.Days, ct);
        var kind = input.By ?? FigureKind.Employee;
        var sums = new Dictionary<long, Sum>();
        var all = new Sum { Name = "All" };
        await Contacts(kind, span, sums, all, ct);
        await Handled(kind, span, sums, all, ct);
        await First(kind, span, days, sums, all, ct);
        return new Figures(from, to, days, all.Line(null, perContact: false), [.. sums.Select(s => s.Value.Line(s.Key, kind == FigureKind.Type)).OrderBy(l => l.Name, StringComparer.OrdinalIgnoreCase).ThenBy(l => l.Id)]);
    }

    private sealed class Sum
    {
        public string Name = "";
        public int Interactions, Contacts, Timed, Said, ResolvedNow, Known, Resolved, Pending;
        public double Seconds;

        public FigureLine Line(long? id, bool perContact)
        {
            var of = perContact ? Timed : Interactions;
            return new FigureLine
            {
                Id = id, Name = Name, Interactions = Interactions, HandledSeconds = (long)Math.Round(Seconds), Contacts = Contacts, Said = Said, ResolvedNow = ResolvedNow, FirstKnown = Known,
                FirstResolved = Resolved, FirstPending = Pending, AverageSeconds = of == 0 ? null : (int)Math.Round(Seconds / of),
            };
        }
    }

    private static Sum Of(Dictionary<long, Sum> sums, long id, string? name = null)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, id, out _);
        sum ??= new Sum();
        if (name is not null)
            sum.Name = name;
        return sum;
    }

    private async Task Contacts(FigureKind kind, (DateTime Start, DateTime End) span, Dictionary<long, Sum> sums, Sum all, CancellationToken ct)
    {
        var rows = await (from c in db.Set<Contact>()
                          where c.OccurredAt >= span.Start && c.OccurredAt < span.End && c.RecordedByEmployeeId != null
                          group c by new { c.TypeId, c.RecordedBy } into g
                          select new { g.Key.TypeId, g.Key.RecordedBy, Count = g.Count(), Said = g.Count(c => c.ResolvedNow != null), Resolved = g.Count(c => c.ResolvedNow == true) }).ToListAsync(ct);
        var types = kind == FigureKind.Type ? await db.Set<ContactType>().ToDictionaryAsync(t => t.Id, t => t.Name, ct) : [];
        foreach (var row in rows)
        {
            foreach (var sum in new[] { all, kind == FigureKind.Type ? Of(sums, row.TypeId, types.GetValueOrDefault(row.TypeId)) : Of(sums, row.RecordedBy.Id, row.RecordedBy.Name) })
                (sum.Contacts, sum.Said, sum.ResolvedNow) = (sum.Contacts + row.Count, sum.Said + row.Said, sum.ResolvedNow + row.Resolved);
        }
    }

    /// <summary>By employee from the stretches they worked on; by type from the interactions in which it came up.</summary>
    private async Task Handled(FigureKind kind, (DateTime Start, DateTime End) span, Dictionary<long, Sum> sums, Sum all, CancellationToken ct)
    {
        var ended = db.Set<Interaction>().Where(i => i.State == InteractionState.Ended && i.StartedAt >= span.Start && i.StartedAt < span.End);
        (all.Interactions, all.Seconds) = await ended.GroupBy(_ => 1).Select(g => new { Count = g.Count(), Seconds = g.Sum(i => (long)i.HandledSeconds) }).SingleOrDefaultAsync(ct) is { } total
            ? (total.Count, total.Seconds) : (0, 0);
        if (kind == FigureKind.Employee)
        {
            var names = await ended.Select(i => new { i.EmployeeId, i.Employee }).Distinct().ToListAsync(ct);
            foreach (var one in names)
                Of(sums, one.EmployeeId, one.Employee);
            var worked = await (from s in db.Set<InteractionSpan>()
                                join i in ended on s.InteractionId equals i.Id
                                group s by s.EmployeeId into g
                                select new { Employee = g.Key, Seconds = g.Sum(s => (long)s.Seconds), Interactions = g.Select(s => s.InteractionId).Distinct().Count() }).ToListAsync(ct);
            foreach (var one in worked)
                (Of(sums, one.Employee).Interactions, Of(sums, one.Employee).Seconds) = (one.Interactions, one.Seconds);
            return;
        }
        var said = await (from c in db.Set<Contact>()
                          join i in ended on c.InteractionId equals i.Id
                          select new { c.TypeId, i.Id, i.HandledSeconds }).ToListAsync(ct);
        foreach (var call in said.GroupBy(s => s.Id))
        {
            var each = call.First().HandledSeconds / (double)call.Count();
            foreach (var type in call.GroupBy(s => s.TypeId))
            {
                var sum = Of(sums, type.Key);
                (sum.Interactions, sum.Timed, sum.Seconds) = (sum.Interactions + 1, sum.Timed + type.Count(), sum.Seconds + (each * type.Count()));
            }
        }
    }

    private sealed record Said(long Person, long Class, long Type, DateTime At, long? Employee, long? Interaction);

    private async Task First(FigureKind kind, (DateTime Start, DateTime End) span, int days, Dictionary<long, Sum> sums, Sum all, CancellationToken ct)
    {
        var (before, after, now) = (span.Start.AddDays(-days), span.End.AddDays(days), clock.Now);
        var rows = (from c in db.Set<Contact>()
                    join t in db.Set<ContactType>() on c.TypeId equals t.Id
                    where c.OccurredAt >= before && c.OccurredAt < after && c.PersonId != null && c.Direction == ContactDirection.Inbound
                    orderby c.PersonId, t.ClassId, c.OccurredAt, c.Id
                    select new Said(c.PersonId!.Value, t.ClassId, c.TypeId, c.OccurredAt, c.RecordedByEmployeeId, c.InteractionId)).AsAsyncEnumerable();
        var same = new List<Said>();
        // One person and class after the other: no more than these are ever held.
        await foreach (var row in rows.WithCancellation(ct))
        {
            if (same.Count > 0 && (same[0].Person, same[0].Class) != (row.Person, row.Class))
                Close();
            same.Add(row);
        }
        Close();

        void Close()
        {
            for (var i = 0; i < same.Count; i++)
            {
                var one = same[i];
                if (one.At < span.Start || one.At >= span.End || one.Employee is not { } employee || Follows(i, -1))
                    continue;
                var followed = Follows(i, 1);
                foreach (var sum in new[] { all, Of(sums, kind == FigureKind.Type ? one.Type : employee) })
                {
                    if (!followed && one.At.AddDays(days) > now)
                        sum.Pending++;
                    else
                        (sum.Known, sum.Resolved) = (sum.Known + 1, sum.Resolved + (followed ? 0 : 1));
                }
            }
            same.Clear();
        }

        // Whether there is another one, within the days, in that direction; of the same interaction, only the first counts as itself.
        bool Follows(int of, int step)
        {
            for (var i = of + step; i >= 0 && i < same.Count && (same[i].At - same[of].At).Duration() <= TimeSpan.FromDays(days); i += step)
            {
                if (step < 0 || same[i].Interaction is null || same[i].Interaction != same[of].Interaction)
                    return true;
            }
            return false;
        }
    }
}
