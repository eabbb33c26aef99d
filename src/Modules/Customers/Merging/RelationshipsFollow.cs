using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Platform.Data;

namespace Tieline.Customers.Merging;

/// <summary>Landlords, carers and their like, on either side. What would say that somebody is their own, or what the survivor has already, stays behind.</summary>
internal sealed class RelationshipsFollow(AppDb db) : IFollowsMerge
{
    private const string Of = "relationship.person_id";
    private const string Related = "relationship.related_person_id";

    public string Kind => "person";
    public int Order => 120;
    public IReadOnlyCollection<string> Covers => [Of, Related];

    public async Task<IReadOnlyList<MergeCount>> Count(long from, long into, CancellationToken ct)
    {
        var going = Going(await Read(from, into, ct), from, into).Count;
        return going == 0 ? [] : [new("relationships", going)];
    }

    public async Task<IReadOnlyList<MovedRow>> Move(long from, long into, CancellationToken ct)
    {
        var moved = new List<MovedRow>();
        foreach (var relationship in Going(await Read(from, into, ct), from, into))
        {
            var field = relationship.PersonId == from ? Of : Related;
            Give(relationship, field, into);
            moved.Add(new(field, relationship.Id));
        }
        return moved;
    }

    public async Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var there = (await Read(from, into, ct)).ToDictionary(r => r.Id);
        foreach (var row in moved)
        {
            if (there.TryGetValue(row.Id, out var relationship) && (row.Field == Of ? relationship.PersonId : relationship.RelatedPersonId) == into)
                Give(relationship, row.Field, from);
        }
    }

    private static List<Relationship> Going(List<Relationship> all, long from, long into)
    {
        var there = all.Where(r => r.PersonId != from && r.RelatedPersonId != from).Select(r => Key(r, from, into)).ToHashSet();
        return [.. all.Where(r => (r.PersonId == from) != (r.RelatedPersonId == from) && r.PersonId != into && r.RelatedPersonId != into && there.Add(Key(r, from, into)))];
    }

    private static (RelationshipKind, long, long?, long?, DateOnly?) Key(Relationship r, long from, long into) =>
        (r.Kind, r.PersonId == from ? into : r.PersonId, r.RelatedPersonId == from ? into : r.RelatedPersonId, r.EmployeeId, r.ToOn);

    private Task<List<Relationship>> Read(long from, long into, CancellationToken ct) =>
        db.Set<Relationship>().Where(r => r.PersonId == from || r.RelatedPersonId == from || r.PersonId == into || r.RelatedPersonId == into).OrderBy(r => r.Id).ToListAsync(ct);

    private void Give(Relationship relationship, string field, long person)
    {
        relationship.Follow();
        db.Entry(relationship).Property(field == Of ? nameof(Relationship.PersonId) : nameof(Relationship.RelatedPersonId)).CurrentValue = person;
    }
}
