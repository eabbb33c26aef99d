using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Platform.Data;

namespace Tieline.Customers.Sight;

/// <summary>What is on record of people that must not stand in words about them while they are masked; one SELECT.</summary>
internal sealed class HeldValues(AppDb db)
{
    public async Task<ILookup<long, (MaskedValues Kind, string Word)>> Of(IReadOnlyList<long> people, CancellationToken ct)
    {
        var ids = string.Join(',', people);
        // Keys, no text that anyone has typed.
#pragma warning disable EF1002
        var lines = await db.Database.SqlQueryRaw<Line>($"""
            select p.id as personid, '' as kind, cast(null as text) as text, p.born_on as born from person p where p.id in ({ids})
            union all select person_id, 'Phones', e164, null from person_phone where person_id in ({ids})
            union all select person_id, 'Emails', address, null from person_email where person_id in ({ids})
            union all select person_id, 'Mailing', one_line, null from person_address where person_id in ({ids})
            union all select person_id, 'Identifiers', last_digits, null from person_identifier where person_id in ({ids})
            """).ToListAsync(ct);
#pragma warning restore EF1002
        return lines.SelectMany(l => (l.Text is null ? Words(l.Born) : Words(Enum.Parse<MaskedValues>(l.Kind), l.Text)).Select(w => (l.PersonId, Word: w))).ToLookup(w => w.PersonId, w => w.Word);
    }

    /// <summary>Beside the values that a setting names.</summary>
    public const MaskedValues Name = (MaskedValues)(1 << 30);

    /// <summary>Names of people, whole and word by word.</summary>
    public async Task<IEnumerable<(MaskedValues Kind, string Word)>> NamesOf(IReadOnlyCollection<long> people, CancellationToken ct) =>
        (await NamesByPerson(people, ct)).SelectMany(n => n);

    /// <inheritdoc cref="NamesOf"/>
    public async Task<ILookup<long, (MaskedValues Kind, string Word)>> NamesByPerson(IReadOnlyCollection<long> people, CancellationToken ct)
    {
        var names = await db.Set<PersonName>().AsNoTracking().Where(n => people.Contains(n.PersonId)).Select(n => new { n.PersonId, n.FullName }).ToListAsync(ct);
        return names.SelectMany(n => n.FullName.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(n.FullName).Select(w => (n.PersonId, Word: (Name, w)))).ToLookup(n => n.PersonId, n => n.Word);
    }

    /// <summary>The words in which a value stands in texts.</summary>
    public static IEnumerable<(MaskedValues Kind, string Word)> Words(MaskedValues kind, string text)
    {
        yield return (kind, text);
        // Of an address its first line alone says where it is.
        if (kind == MaskedValues.Mailing && text.IndexOf(',', StringComparison.Ordinal) is > 5 and var comma)
            yield return (kind, text[..comma]);
    }

    public static IEnumerable<(MaskedValues Kind, string Word)> Words(DateOnly? born) =>
        born is { } day ? FreeText.Written(day).Select(w => (MaskedValues.Born, w)) : [];

    private sealed class Line
    {
        public long PersonId { get; init; }
        public string Kind { get; init; } = "";
        public string? Text { get; init; }
        public DateOnly? Born { get; init; }
    }
}
