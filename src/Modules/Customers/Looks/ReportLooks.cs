using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http;
using Tieline.Customers.Sight;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Looks;

/// <summary>
/// What a customer may ask for: who looked at what is on record about them, and who changed it, newest first. What somebody searched for is
/// not told: it may name others.
/// </summary>
internal sealed class ReportLooks(AppDb db, CurrentActor actor, ICustomers customers, IAuditTrail audit, IOrganization organization, ISettings settings, IUtilityClock clock)
    : IUse<ReportLooks.Input, Page<ReportLooks.Line>>
{
    public const string ByName = "name";
    public const string ByRole = "role";

    public static readonly SettingKey<string> Employees = new(
        "customers.looks_report_names", ByRole, "How employees stand in the report of looks that a customer gets", new($"{ByRole} or {ByName}", text => text is ByRole or ByName));

    public const int DefaultDays = 365;
    public const int MostPrinted = 2_000;

    // However many contacts somebody has had: they are found by the statement, and none is left out.
    private const string Contacts = "select about from timeline_entry where person_id = {of} and kind = 'contact'";

    /// <param name="From">First day; a year ago when left out.</param>
    /// <param name="To">Last day; today when left out.</param>
    public sealed record Input(long Id, DateOnly? From = null, DateOnly? To = null, string? After = null, int? Size = null);

    /// <param name="Who">Name or position of the employee, or what kind of machine it was.</param>
    /// <param name="Did"><c>looked</c>, <c>created</c>, <c>changed</c> ...</param>
    /// <param name="What">Which part of the record, in words.</param>
    public sealed record Line(long Id, DateTime At, string Who, string Did, string What);

    public async Task<Outcome<Page<Line>>> Handle(Input input, CancellationToken ct)
    {
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, MostPrinted);
        if (await Begin(input.Id, ct) is { } unknown)
            return unknown;
        if (input.To < input.From)
            return new Problem(nameof(Input.To), "The last day is before the first.", "date.order");
        var lines = await Read(input, Cursor.Decode(input.After)?.Id, size + 1, ct);
        await audit.Looked(new RecordRef("person", input.Id), ct, "report of looks");
        var more = lines.Count > size;
        return new Page<Line>(more ? [.. lines.Take(size)] : lines, more ? Cursor.Encode(lines[size - 1].At, lines[size - 1].Id) : null);
    }

    public static Task Download(long id, ReportLooks report, HttpContext http, CancellationToken ct) => report.Export(Of(id, TableQuery.Of(http)), http, ct);

    public static Input Of(long id, TableQuery query) => new(id, query.Filter<DateOnly>("from"), query.Filter<DateOnly>("to"), query.After, query.Size);

    private async Task Export(Input input, HttpContext http, CancellationToken ct)
    {
        if (await Begin(input.Id, ct) is not null)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        await audit.Note("exported", new RecordRef("person", input.Id), new { Report = "looks" }, ct);
        await using var csv = await CsvDownload.Begin(http, "looks.csv", "when", "who", "did", "what");
        long? before = null;
        while (true)
        {
            var lines = await Read(input, before, MostPrinted, ct);
            foreach (var line in lines)
                await csv.Row((await clock.ToLocal(line.At, ct)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), line.Who, line.Did, line.What);
            if (lines.Count < MostPrinted)
                return;
            await csv.Flush(ct);
            before = lines[^1].Id;
        }
    }

    private async Task<Problem?> Begin(long id, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        actor.Require(CustomersPermissions.Looks);
        if ((await customers.Sight([id], ct))[id] == SightLevel.Closed)
            throw PeopleInSight.Closed;
        return await customers.Person(id, ct) is null ? Problem.NotFound("The customer") : null;
    }

    private async Task<IReadOnlyList<Line>> Read(Input input, long? before, int limit, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        var from = await clock.StartOf(Sane(input.From ?? today.AddDays(-DefaultDays)), ct);
        var to = await clock.EndOf(Sane(input.To ?? today), ct);
        var records = await Records(input.Id, ct);
        long[] shown = [input.Id, .. records.Select(r => r.Record).Where(r => r.Kind == "person" && r.Id != input.Id).Select(r => r.Id)];
        var found = await audit.Trace(new TraceOf(records, shown, from, to, before, limit, new TracedMany("contact", Contacts, input.Id)), ct);
        var names = await settings.Get(Employees, ct) == ByName ? null : await Positions(found, ct);
        var masking = (await customers.Masking([(input.Id, null)], ct)).Of(input.Id);
        return [.. found.Select(f => new Line(f.Id, f.At, Who(f.Actor, names), f.Action, masking.Text(What(f))))];
    }

    private static DateOnly Sane(DateOnly on) => on < TypedInput.FirstDay ? TypedInput.FirstDay : on > TypedInput.LastDay ? TypedInput.LastDay : on;

    private sealed class Stay
    {
        public required string About { get; init; }
        public DateOnly? FromOn { get; init; }
        public DateOnly? ToOn { get; init; }
    }

    /// <summary>
    /// The person, records that were merged into theirs; accounts as long as they are or were on them, and what these
    /// supply as long as they do: of who lived there before or lives there now nothing is told.
    /// </summary>
    private async Task<TracedRecord[]> Records(long id, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var stays = await connection.QueryAsync<Stay>(new CommandDefinition("""
            select 'account:' || account_id as "About", from_on as "FromOn", to_on as "ToOn" from account_person where person_id = @id
            union
            select 'premise:' || s.premise_id, case when s.start_on > a.from_on then s.start_on else a.from_on end,
                   case when s.stop_on is null or a.to_on < s.stop_on then a.to_on else s.stop_on end
            from account_person a join service_agreement s on s.account_id = a.account_id
            where a.person_id = @id and s.state <> 'Cancelled'
            union
            select 'person:' || id, null, null from person where merged_into_id = @id
            """, new { id }, transaction, cancellationToken: ct));
        var records = new List<TracedRecord> { new(new RecordRef("person", id)) };
        foreach (var stay in stays.Where(s => !(s.ToOn < s.FromOn)))
        {
            records.Add(new TracedRecord(
                RecordRef.Parse(stay.About), stay.FromOn is { } from ? await clock.StartOf(Sane(from), ct) : null, stay.ToOn is { } to ? await clock.EndOf(Sane(to), ct) : null));
        }
        return [.. records];
    }

    private async Task<IReadOnlyDictionary<long, string>> Positions(IReadOnlyList<TraceLine> lines, CancellationToken ct)
    {
        var positions = new Dictionary<long, string>();
        foreach (var id in lines.Where(l => l.Actor is { Kind: ActorKind.Employee, Id: > 0 }).Select(l => l.Actor.Id).Distinct())
            positions[id] = await organization.Employee(id, ct) is { } employee ? employee.Position : "employee";
        return positions;
    }

    private static string Who(ActorRef who, IReadOnlyDictionary<long, string>? positions) => who.Kind switch
    {
        ActorKind.Employee => positions is null ? who.Name : positions.GetValueOrDefault(who.Id, "employee"),
        ActorKind.Customer => "the customer",
        ActorKind.ApiKey => "another system",
        _ => "a nightly run",
    };

    private static string What(TraceLine line) => (line.Action, line.Subject) switch
    {
        ("looked", { Kind: "search" } or { Id: 0 }) => line.Query?.StartsWith("exported", StringComparison.Ordinal) == true ? "exported with others" : "shown in a list with others",
        ("looked", { Kind: "person" }) => line.Query is { Length: > 0 } part && part != "timeline" ? $"the record: {Plain(part)}" : "the record",
        ("looked", _) => $"the {line.Subject.Kind.Replace('_', ' ')}",
        _ => $"{(line.Part ?? line.Subject).Kind.Replace('_', ' ')}{ChangedWords.Of(line.Changes)}",
    };

    // A list of contacts says its filters, which are nobody's business; the number of a flow says nothing to anybody.
    private static string Plain(string part) => part.StartsWith("contacts", StringComparison.Ordinal) ? "contacts"
        : part.StartsWith("guided flow ", StringComparison.Ordinal) ? "guided flow" : part.Replace('_', ' ');
}
