using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows;

/// <param name="Settled">Steps that are done or do not apply, of <paramref name="Steps"/>.</param>
/// <param name="PersonId">0 of one who is closed to the actor.</param>
internal sealed record FlowLine(
    long Id, FlowKind Kind, string Title, FlowState State, long PersonId, string Person, string? Reference, DateOnly? EventOn, int Settled, int Steps, ActorRef OpenedBy, DateTime OpenedAt,
    ActorRef TouchedBy, DateTime TouchedAt, ActorRef? EndedBy, DateTime? EndedAt);

/// <summary>Guided flows; the open ones that wait longest first, of the others the newest. Whoever stands in the list was looked at.</summary>
internal sealed class ListFlows(AppDb db, CurrentActor actor, PeopleInSight sight, IAuditTrail audit) : IUse<ListFlows.Input, Page<FlowLine>>
{
    /// <param name="State">Open ones when left out.</param>
    /// <param name="PersonId">Only this person's, in whatever state.</param>
    /// <param name="Mine">Only those that the acting employee began.</param>
    /// <param name="Days">Only those that have been open for so many days at least.</param>
    /// <param name="After">Cursor of the page before.</param>
    /// <param name="Size">1 to 200; 50 when left out.</param>
    public sealed record Input(FlowState? State = null, FlowKind? Kind = null, long? PersonId = null, bool Mine = false, int? Days = null, string? After = null, int? Size = null);

    public async Task<Outcome<Page<FlowLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        if (input.PersonId is { } whose)
        {
            if (await sight.Of(whose, ct) == SightLevel.Closed)
                return PeopleInSight.ClosedProblem;
            // Of one who was merged, the survivor's.
            input = input with { PersonId = await db.Set<Person>().SurvivorOf(whose).SingleOrDefaultAsync(ct) };
        }
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var found = await Read(input, input.After, size + 1, ct);
        var shown = found.Count > size ? found[..size] : found;
        var lines = await Lines(shown, ct);
        await Looked(lines, "guided flows", ct);
        return new Page<FlowLine>(lines, found.Count > size ? Cursor.Encode(shown[^1].OpenedAt, shown[^1].Id) : null);
    }

    public static async Task Download(ListFlows list, HttpContext http, CancellationToken ct)
    {
        var input = Of(TableQuery.Of(http));
        await list.BeginExport(ct);
        await using var csv = await CsvDownload.Begin(
            http, "guided-flows.csv", "flow", "person", "reference", "state", "settled", "steps", "about_day", "begun_by", "begun_at", "last_by", "last_at", "ended_by", "ended_at");
        string? after = null;
        while (true)
        {
            var found = await list.Read(input, after, Paging.MaxSize, ct);
            var lines = await list.Lines(found, ct);
            await list.Looked(lines, "exported guided flows", ct);
            foreach (var f in lines)
            {
                await csv.Row(
                    f.Title, f.Person, f.Reference, f.State.ToString(), CsvCell.Number(f.Settled), CsvCell.Number(f.Steps), CsvCell.Day(f.EventOn),
                    f.OpenedBy.Name, CsvCell.Instant(f.OpenedAt), f.TouchedBy.Name, CsvCell.Instant(f.TouchedAt), f.EndedBy?.Name, CsvCell.Instant(f.EndedAt));
            }
            if (found.Count < Paging.MaxSize)
                return;
            await csv.Flush(ct);
            after = Cursor.Encode(found[^1].OpenedAt, found[^1].Id);
        }
    }

    /// <summary>The filters as they stand in the address of the page; what cannot be read is left out.</summary>
    public static Input Of(TableQuery query) =>
        new(query.Filter<FlowState>("state"), query.Filter<FlowKind>("kind"), null, query.Filter("whose") == "mine", query.Filter<int>("days"), query.After, query.Size);

    private async Task BeginExport(CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        actor.Require(CustomersPermissions.ExportFlows);
        await audit.Note("exported", new RecordRef("search", 0), new { List = "guided flows" }, ct);
    }

    private async Task Looked(IReadOnlyList<FlowLine> lines, string what, CancellationToken ct)
    {
        if (lines.Any(l => l.PersonId != 0))
            await audit.Looked(new RecordRef("search", 0), ct, what, lines.Select(l => l.PersonId).Where(id => id != 0).Distinct());
    }

    private Task<List<GuidedFlow>> Read(Input input, string? after, int count, CancellationToken ct)
    {
        var flows = db.Set<GuidedFlow>().AsNoTracking();
        var oldestFirst = input is { PersonId: null, State: null or FlowState.Open };
        if (input.PersonId is { } person)
            flows = flows.Where(f => f.PersonId == person && (input.State == null || f.State == input.State));
        else if ((input.State ?? FlowState.Open) is var state)
            flows = flows.Where(f => f.State == state);
        if (input.Kind is { } kind)
            flows = flows.Where(f => f.Kind == kind);
        if (input.Mine)
            flows = flows.Where(f => f.EmployeeId == (sight.Me ?? 0));
        if (input.Days is { } days && db.Now.AddDays(-Math.Clamp(days, 0, 3_650)) is var before)
            flows = flows.Where(f => f.OpenedAt <= before);
        if (Cursor.Decode(after) is { } last)
        {
            flows = oldestFirst
                ? flows.Where(f => f.OpenedAt > last.At || (f.OpenedAt == last.At && f.Id > last.Id))
                : flows.Where(f => f.OpenedAt < last.At || (f.OpenedAt == last.At && f.Id < last.Id));
        }
        flows = oldestFirst ? flows.OrderBy(f => f.OpenedAt).ThenBy(f => f.Id) : flows.OrderByDescending(f => f.OpenedAt).ThenByDescending(f => f.Id);
        return flows.Take(count).Include(f => f.Steps).AsSplitQuery().ToListAsync(ct);
    }

    private async Task<IReadOnlyList<FlowLine>> Lines(List<GuidedFlow> flows, CancellationToken ct)
    {
        var people = flows.Select(f => f.PersonId).Distinct().ToArray();
        var levels = await sight.Of(people, ct);
        var names = await db.Set<Person>().Where(p => people.Contains(p.Id)).Select(p => new { p.Id, p.DisplayName, p.Reference }).ToDictionaryAsync(p => p.Id, ct);
        return flows.ConvertAll(f =>
        {
            var closed = levels[f.PersonId] == SightLevel.Closed;
            return new FlowLine(
                f.Id, f.Kind, FlowPlan.Of(f.Kind).Name, f.State, closed ? 0 : f.PersonId, closed ? Masks.Closed : names[f.PersonId].DisplayName, closed ? null : names[f.PersonId].Reference,
                closed ? null : f.EventOn,
                f.Steps.Count(s => s.State != FlowStepState.Open), f.Steps.Count, f.OpenedBy, f.OpenedAt, f.TouchedBy, f.TouchedAt, f.EndedBy, f.EndedAt);
        });
    }
}
