using Tieline.Customers.Consents;
using Tieline.Customers.Notes;
using Tieline.Platform;
using Tieline.Platform.Security;

namespace Tieline.Customers;

/// <summary>One row of a statement that reads a whole record: what each field means depends on <see cref="Part"/>.</summary>
internal sealed class FactLine
{
    public string Part { get; init; } = "";
    public long Id { get; init; }
    public string Kind { get; init; } = "";
    public string? A { get; init; }
    public string? B { get; init; }
    public string? C { get; init; }
    public long? Owner { get; init; }
    public long? Other { get; init; }
    /// <summary>Bits.</summary>
    public int Flags { get; init; }
    public DateOnly? FromOn { get; init; }
    public DateOnly? ToOn { get; init; }
    public DateTime? At { get; init; }
    public int Version { get; init; }

    public bool Has(int bit) => (Flags & bit) != 0;

    public DateOnly From => FromOn ?? throw new InvalidOperationException($"{Part} {Id} has no first day.");
}

internal static class FactLines
{
    /// <summary>Notes on record about anything that <paramref name="subjects"/> selects; A is the body, B the author, C the subject.</summary>
    public static string Notes(string subjects) => $"""
        select 'note' as part, n.id as id, n.audience as kind, n.body as a, n.author as b, n.subject as c, null as owner, null as other, 0 as flags,
            null as fromon, n.expires_on as toon, n.created_at as at, n.version as version
        from note n where n.subject in ({subjects}) and n.removed_at is null
        """;

    /// <summary>Authorisations that were not revoked; A is who may act, B their organisation, C what they may do, Owner the account, Other their person.</summary>
    public static string Authorisations(string personId) => $"""
        select 'authorisation', a.id, '', coalesce(o.display_name, a.name), a.organisation, a.scopes, a.account_id, a.other_person_id, 0, a.from_on, a.to_on, cast(null as timestamp), a.version
        from authorisation a left join person o on o.id = a.other_person_id where a.person_id = {personId} and a.revoked_at is null
        """;

    /// <summary>Warnings that have not ended; A is the reason, B the source, Owner the person, Other the premise, ToOn the day of the review.</summary>
    public static string Warnings(string which) => $"""
        select 'warning', w.id, w.kind, w.reason, w.source, null, w.person_id, w.premise_id, 0, null, w.review_on, cast(null as timestamp), w.version
        from warning w where {which} and w.ended_at is null
        """;

    /// <summary>Answers in force; A is the channel, B the answer, C the source.</summary>
    public static string Consents(string personId) => $"""
        select 'consent', c.id, c.purpose, c.channel, c.answer, c.source, cast(null as bigint), null, 0, null, null, c.since_at, 0
        from consent c where c.person_id = {personId} and c.superseded_at is null
        """;

    public static IReadOnlyList<AuthorisationFact> ReadAuthorisations(this IEnumerable<FactLine> lines, DateOnly today) =>
        [.. from line in lines
            where !(line.ToOn < today)
            orderby line.ToOn, line.Id
            select new AuthorisationFact(line.Id, line.Owner, line.Other, line.A!, line.B, line.C!, line.From, line.ToOn!.Value)];

    public static IReadOnlyList<WarningFact> ReadWarnings(this IEnumerable<FactLine> lines, CurrentActor actor, Func<RecordRef, Masking> masking) => !actor.May(CustomersPermissions.Warnings) ? [] :
        [.. from line in lines
            let about = line.Owner is { } person ? new RecordRef("person", person) : new RecordRef("premise", line.Other!.Value)
            let words = masking(about)
            orderby line.Id
            select new WarningFact(line.Id, about, line.Kind, words.Text(line.A!), words.Text(line.B!), line.ToOn!.Value)];

    public static IReadOnlyList<ConsentFact> ReadConsents(this IEnumerable<FactLine> lines) =>
        [.. from line in lines
            let purpose = Enum.Parse<ConsentPurpose>(line.Kind)
            let channel = Enum.Parse<ConsentChannel>(line.A!)
            orderby purpose, channel
            select new ConsentFact(purpose, channel, line.B == nameof(ConsentAnswer.Given), line.C!, line.At!.Value)];

    public static IReadOnlyList<NoteFact> ReadNotes(this IEnumerable<FactLine> lines, NoteReader reader, DateOnly today, Func<RecordRef, Masking> masking) =>
        [.. from line in lines
            where line.Part == "note" && !(line.ToOn < today)
            let author = ActorRef.Parse(line.B!)
            where reader.May(Enum.Parse<NoteAudience>(line.Kind), author)
            let about = RecordRef.Parse(line.C!)
            let words = masking(about)
            orderby line.At descending, line.Id descending
            select new NoteFact(line.Id, about, words.Hides(MaskedValues.Notes) ? Sight.Masks.Whole : words.Text(line.A!), line.Kind, line.ToOn, author.Name, line.At!.Value, line.Version)];
}
