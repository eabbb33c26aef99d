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

    public static IReadOnlyList<NoteFact> ReadNotes(this IEnumerable<FactLine> lines, NoteReader reader, DateOnly today) =>
        [.. from line in lines
            where line.Part == "note" && !(line.ToOn < today)
            let author = ActorRef.Parse(line.B!)
            where reader.May(Enum.Parse<NoteAudience>(line.Kind), author)
            orderby line.At descending, line.Id descending
            select new NoteFact(line.Id, RecordRef.Parse(line.C!), line.A!, line.Kind, line.ToOn, author.Name, line.At!.Value, line.Version)];
}
