using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Reasons;

/// <summary>One link of the chain, nearest to the record first.</summary>
/// <param name="Words">How it led to the link before: <c>because of</c>; null for the record itself.</param>
/// <param name="Text">A sentence.</param>
/// <param name="Href">Null where the actor may not go, or nothing is to be seen.</param>
public sealed record WhyLine(string Kind, string? Words, string Text, DateTime? At, string? Href);

/// <param name="Name">What the record is: <c>contact</c>.</param>
/// <param name="Href">Its page.</param>
public sealed record WhyChain(RecordRef Subject, string Name, string? Href, IReadOnlyList<WhyLine> Lines);

/// <summary>
/// Why a record is there: who or what made it, and the chain of records behind that, from the audit, from the events, and from the rooms that know more. Each
/// link asks for its own right: without it the sentence stays, without what it is about.
/// </summary>
internal sealed class AskWhy(AppDb db, CurrentActor actor, IAuditTrail audit, IEnumerable<ITellsWhy> rooms, IEnumerable<RecordPage> pages) : IUse<AskWhy.Input, WhyChain>
{
    public const string LookedAs = "why it is there";

    private const int Deepest = 6;
    private const int Most = 16;

    /// <param name="Subject">The record: <c>to_do:4711</c>.</param>
    public sealed record Input(string? Subject);

    public async Task<Outcome<WhyChain>> Handle(Input input, CancellationToken ct)
    {
        if (!RecordRef.TryParse(input.Subject, out var subject) || pages.FirstOrDefault(p => p.Kind == subject.Kind) is not { } page)
            return Problem.NotFound("The record");
        if (page.Permission is { } right)
            actor.Require(right);
        var (told, refused) = await Ask(subject, ct);
        if (refused is not null)
            throw refused;
        if (told is null && rooms.Any(r => r.Kind == subject.Kind))
            return Problem.NotFound("The record");
        if (told is { IsClosed: true })
            return Problem.Closed("This record is a restricted customer's. Open the customer first, with a reason.");
        var lines = new List<WhyLine>();
        await Follow(lines, [], null, subject, told, true, 0, ct);
        if (told?.Customer is { } customer)
            await audit.Looked(customer, ct, $"{LookedAs}: {subject}", subject == customer ? null : [subject.Id]);
        return new WhyChain(subject, page.Name, Href(page, told, subject), lines);
    }

    private async Task<(Told? Told, ForbiddenException? Refused)> Ask(RecordRef subject, CancellationToken ct)
    {
        try
        {
            return (rooms.FirstOrDefault(r => r.Kind == subject.Kind) is { } room ? await room.Tell(subject.Id, ct) : null, null);
        }
        catch (ForbiddenException refused)
        {
            return (null, refused);
        }
    }

    private async Task Follow(List<WhyLine> lines, HashSet<RecordRef> seen, string? words, RecordRef subject, Told? told, bool theirs, int depth, CancellationToken ct)
    {
        if (!seen.Add(subject) || depth > Deepest || lines.Count >= Most)
            return;
        var page = pages.FirstOrDefault(p => p.Kind == subject.Kind) ?? new RecordPage(subject.Kind, subject.Kind.Replace('_', ' '));
        if (told is { IsClosed: true })
        {
            lines.Add(new WhyLine(subject.Kind, words, $"{With(page.Name)} of a restricted customer", null, null));
            return;
        }
        var made = await Made(page, subject, told, ct);
        var may = theirs && (page.Permission is null || actor.May(page.Permission));
        if (told is null && made is null)
        {
            // The room has no more of it, or it came in bulk: that it is there is all that is known.
            if (words is not null)
                lines.Add(new WhyLine(subject.Kind, words, With(page.Name), null, may ? Href(page, told, subject) : null));
            return;
        }
        var what = may && told?.Detail is { } detail ? $"{page.Name} {detail}" : depth == 0 ? $"this {page.Name}" : With(page.Name);
        lines.Add(new WhyLine(
            subject.Kind, words, Sentence(told?.By ?? made?.Actor, told?.Verb ?? "added", what, made?.Source), told?.At ?? made?.At, may && depth > 0 ? Href(page, told, subject) : null));
        if (may)
            lines.AddRange((told?.Remarks ?? []).Select(r => new WhyLine(subject.Kind, null, r.Text, r.At, r.Href)));
        if (depth == 0 && await LastChange(page, subject, told, made, ct) is { } last)
            lines.Add(last);
        IEnumerable<Lead> leads = told?.Leads ?? [];
        if (made?.Cause is { } cause)
            leads = leads.Prepend(new Lead(WordsFor(cause.Kind), cause));
        foreach (var lead in leads)
        {
            if (seen.Contains(lead.Of))
                continue;
            var (next, refused) = await Ask(lead.Of, ct);
            await Follow(lines, seen, lead.Words, lead.Of, next, refused is null, depth + 1, ct);
        }
    }

    /// <summary>How the audit saw it come.</summary>
    private Task<AuditEntry?> Made(RecordPage page, RecordRef subject, Told? told, CancellationToken ct)
    {
        var (whole, part) = InAudit(page, subject, told);
        return db.Set<AuditEntry>().AsNoTracking().Where(e => e.Subject == whole && e.Part == part && e.Action == "created").OrderBy(e => e.Id).FirstOrDefaultAsync(ct);
    }

    /// <summary>By whom it was touched last, and in what; without the values, which the history shows to those who may read it.</summary>
    private async Task<WhyLine?> LastChange(RecordPage page, RecordRef subject, Told? told, AuditEntry? made, CancellationToken ct)
    {
        var (whole, part) = InAudit(page, subject, told);
        var changes = db.Set<AuditEntry>().AsNoTracking().Where(e => e.Subject == whole && (e.Action == "changed" || e.Action == "deleted" || e.Action == "created"));
        if (part is not null)
            changes = changes.Where(e => e.Part == part);
        if (await changes.OrderByDescending(e => e.Id).FirstOrDefaultAsync(ct) is not { } last || last.Id == made?.Id)
            return null;
        var what = last.Part is { } changed && part is null ? $"{Option.InWords(changed.Kind).ToLowerInvariant()} {last.Action}" : last.Action;
        return new WhyLine(subject.Kind, null, $"Last {what} by {Who(last.Actor, within: true)}{(last.Action == "changed" ? ChangedWords.Of(last.Changes) : "")}", last.At, null);
    }

    private static (RecordRef Whole, RecordRef? Part) InAudit(RecordPage page, RecordRef subject, Told? told) =>
        told?.PartOf is { } whole ? (whole, new RecordRef(page.Table ?? subject.Kind, subject.Id)) : (subject, null);

    private static string? Href(RecordPage page, Told? told, RecordRef subject) =>
        told?.Href ?? page.Path?.Replace("{0}", subject.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static string Sentence(ActorRef? by, string verb, string what, string? source) =>
        by is { } who ? $"{Who(who)} {verb} {what}{From(who, source)}" : $"{char.ToUpperInvariant(what[0])}{what[1..]}";

    internal static string Who(ActorRef by, bool within = false) => by.Kind switch
    {
        ActorKind.Customer => $"{by.Name}, the customer",
        ActorKind.ApiKey => within ? $"the machine {by.Name}" : $"The machine {by.Name}",
        ActorKind.Process when by.Name.StartsWith("schedule ", StringComparison.Ordinal) => within ? "the schedule" : "The schedule",
        ActorKind.Process when by.Name.StartsWith("command line", StringComparison.Ordinal) => within ? "a command on this machine" : "A command on this machine",
        ActorKind.Process => by.Name is "demonstration" ? within ? "the demonstration" : "The demonstration" : "Tieline",
        _ => by.Name,
    };

    /// <summary>From where in words; the address is in the history, for those who may read it.</summary>
    private static string From(ActorRef by, string? source) => (by.Kind, source?.Split(' ')[0]) switch
    {
        (ActorKind.Process, "start") when by.Name is not "demonstration" => " at the set-up",
        (ActorKind.Employee, "api") => " through the API",
        _ => "",
    };

    private static string With(string name) => $"{("aeiou".Contains(char.ToLowerInvariant(name[0]), StringComparison.Ordinal) ? "an" : "a")} {name}";

    private static string WordsFor(string kind) => kind switch
    {
        "batch_run" => "in a batch run",
        "event" => "because of an event",
        "configuration" or "customer_file" => "with a file",
        _ => "in the background",
    };
}
