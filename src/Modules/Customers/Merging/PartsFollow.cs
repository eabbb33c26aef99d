using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Platform.Data;
using Tieline.Platform.Search;

namespace Tieline.Customers.Merging;

/// <summary>
/// Names, phones, e-mails, addresses and identifiers of a person. What the survivor has already stays behind, so that nothing is there
/// twice; the main name becomes an alternate one, and what was the first phone or e-mail one among others.
/// </summary>
internal sealed class PartsFollow(AppDb db) : IFollowsMerge
{
    private const string Name = "person_name.person_id";
    private const string Phone = "person_phone.person_id";
    private const string Email = "person_email.person_id";
    private const string Address = "person_address.person_id";
    private const string Identifier = "person_identifier.person_id";
    private const string First = "first";
    private const string Coming = "coming";

    public string Kind => "person";
    public int Order => 110;
    public IReadOnlyCollection<string> Covers => [Name, Phone, Email, Address, Identifier];

    public async Task<IReadOnlyList<MergeCount>> Count(long from, long into, CancellationToken ct)
    {
        var parts = await Read(from, into, ct);
        MergeCount[] counts =
        [
            new("names", parts.Names.Going(from).Length), new("phones", parts.Phones.Going(from).Length), new("e-mail addresses", parts.Emails.Going(from).Length),
            new("mailing addresses", parts.Addresses.Going(from).Length), new("secret numbers", parts.Identifiers.Going(from).Length),
        ];
        return [.. counts.Where(c => c.Count > 0)];
    }

    public async Task<IReadOnlyList<MovedRow>> Move(long from, long into, CancellationToken ct)
    {
        var parts = await Read(from, into, ct);
        var moved = new List<MovedRow>();
        var isToHave = parts.Names.All.Exists(n => n.PersonId == into && n.Kind == NameKind.Coming);
        foreach (var name in parts.Names.Going(from))
        {
            // One name is to come at most: of two, the survivor's.
            var beside = name.Kind == NameKind.Coming && isToHave;
            moved.Add(new(Name, name.Id, name.Kind == NameKind.Main ? First : beside ? Coming : null));
            if (name.Kind == NameKind.Main || beside)
                name.BecomeAlternate();
            Give(name, into);
        }
        var hasPhone = parts.Phones.All.Exists(p => p.PersonId == into);
        foreach (var phone in parts.Phones.Going(from))
        {
            moved.Add(new(Phone, phone.Id, phone.IsPrimary ? First : null));
            phone.IsPrimary &= !hasPhone;
            Give(phone, into);
        }
        var hasEmail = parts.Emails.All.Exists(e => e.PersonId == into);
        foreach (var email in parts.Emails.Going(from))
        {
            moved.Add(new(Email, email.Id, email.IsPrimary ? First : null));
            email.IsPrimary &= !hasEmail;
            Give(email, into);
        }
        foreach (var address in parts.Addresses.Going(from))
        {
            moved.Add(new(Address, address.Id));
            Give(address, into);
        }
        foreach (var identifier in parts.Identifiers.Going(from))
        {
            moved.Add(new(Identifier, identifier.Id));
            Give(identifier, into);
        }
        return moved;
    }

    public async Task<IReadOnlyList<string>> Contradicts(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var ids = moved.Where(m => m.Field == Name && m.Before != First).Select(m => m.Id).ToArray();
        var begun = await db.Set<PersonName>().Where(n => n.PersonId == into && n.Kind == NameKind.Main && ids.Contains(n.Id)).Select(n => n.FullName).SingleOrDefaultAsync(ct);
        return begun is null ? [] : [$"What was to be the other's name, {begun}, has become the name of this record since: give this record its own name again first."];
    }

    public async Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var parts = await Read(from, into, ct);
        var rows = moved.ToDictionary(m => (m.Field, m.Id));
        bool Went(string field, long id, long owner) => owner == into && rows.ContainsKey((field, id));
        bool WasFirst(string field, long id) => rows[(field, id)].Before == First;
        foreach (var name in parts.Names.All.Where(n => Went(Name, n.Id, n.PersonId)))
        {
            if (WasFirst(Name, name.Id))
                name.BecomeMain();
            else if (rows[(Name, name.Id)].Before == Coming)
                name.BecomeComing();
            Give(name, from);
        }
        foreach (var phone in parts.Phones.All.Where(p => Went(Phone, p.Id, p.PersonId)))
        {
            phone.IsPrimary = WasFirst(Phone, phone.Id);
            Give(phone, from);
        }
        foreach (var email in parts.Emails.All.Where(e => Went(Email, e.Id, e.PersonId)))
        {
            email.IsPrimary = WasFirst(Email, email.Id);
            Give(email, from);
        }
        foreach (var address in parts.Addresses.All.Where(a => Went(Address, a.Id, a.PersonId)))
            Give(address, from);
        foreach (var identifier in parts.Identifiers.All.Where(i => Went(Identifier, i.Id, i.PersonId)))
            Give(identifier, from);
        foreach (var owner in new[] { from, into })
        {
            // Who keeps some and none that is the first: the first one that was the other's has gone, or was taken away in the meantime.
            var phones = parts.Phones.All.Where(p => OwnerOf(p) == owner).OrderBy(p => p.Id).ToArray();
            if (phones.Length > 0 && !phones.Any(p => p.IsPrimary))
                phones[0].IsPrimary = true;
            var emails = parts.Emails.All.Where(e => OwnerOf(e) == owner).OrderBy(e => e.Id).ToArray();
            if (emails.Length > 0 && !emails.Any(e => e.IsPrimary))
                emails[0].IsPrimary = true;
        }
    }

    private void Give(object part, long person) => db.Entry(part).Property(nameof(PersonName.PersonId)).CurrentValue = person;

    private long OwnerOf(object part) => (long)db.Entry(part).Property(nameof(PersonName.PersonId)).CurrentValue!;

    private async Task<Parts> Read(long from, long into, CancellationToken ct)
    {
        long[] both = [from, into];
        return new Parts(
            new(await db.Set<PersonName>().Where(n => both.Contains(n.PersonId)).OrderBy(n => n.Id).ToListAsync(ct), n => n.PersonId, n => SearchText.Fold(n.FullName)),
            new(await db.Set<PersonPhone>().Where(p => both.Contains(p.PersonId)).OrderBy(p => p.Id).ToListAsync(ct), p => p.PersonId, p => (p.E164, p.Extension)),
            new(await db.Set<PersonEmail>().Where(e => both.Contains(e.PersonId)).OrderBy(e => e.Id).ToListAsync(ct), e => e.PersonId, e => e.AddressKey),
            new(await db.Set<PersonAddress>().Where(a => both.Contains(a.PersonId)).OrderBy(a => a.Id).ToListAsync(ct), a => a.PersonId, a => (a.Kind, a.OneLine, a.FromOn, a.ToOn)),
            new(await db.Set<PersonIdentifier>().Where(i => both.Contains(i.PersonId)).OrderBy(i => i.Id).ToListAsync(ct), i => i.PersonId, i => (i.Kind, i.Hash)));
    }

    private sealed record Parts(Of<PersonName> Names, Of<PersonPhone> Phones, Of<PersonEmail> Emails, Of<PersonAddress> Addresses, Of<PersonIdentifier> Identifiers);

    private sealed record Of<T>(List<T> All, Func<T, long> Owner, Func<T, object> Key)
    {
        /// <summary>Those of the one that the other has not.</summary>
        public T[] Going(long from)
        {
            var there = All.Where(p => Owner(p) != from).Select(Key).ToHashSet();
            return [.. All.Where(p => Owner(p) == from && !there.Contains(Key(p)))];
        }
    }
}
