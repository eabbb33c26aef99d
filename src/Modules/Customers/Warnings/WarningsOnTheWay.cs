using Dapper;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Customers.Warnings;

/// <summary>
/// Warnings for those who go somewhere. That there is one, and of which kind, is told to everybody who is sent, however little they may see of the
/// customer otherwise: it is for their safety. Its words are hidden as all words about the customer are.
/// </summary>
internal sealed class WarningsOnTheWay(AppDb db, CurrentActor actor, PeopleInSight sight)
{
    private const string ThisPerson = "the customer";
    private const string ThisPlace = "the place";
    private const string Resident = "somebody who lives there";

    private sealed class Row
    {
        public long Id { get; init; }
        public string Kind { get; init; } = "";
        public string Reason { get; init; } = "";
        public DateOnly ReviewOn { get; init; }
        public long? PersonId { get; init; }
        public long? PremiseId { get; init; }
        /// <summary>Where the person lives, or which account supplies the premise.</summary>
        public long? Through { get; init; }
    }

    /// <inheritdoc cref="ICustomers.WarningsFor"/>
    public async Task<IReadOnlyList<IReadOnlyList<WarningOnTheWay>>> For(IReadOnlyList<Belonging> records, bool sent, CancellationToken ct)
    {
        var may = actor.May(CustomersPermissions.Warnings);
        if (records.Count == 0 || !(sent || may))
            return [.. records.Select(_ => Array.Empty<WarningOnTheWay>())];
        // Keys only; none is 0, and a list must not be empty.
        string Keys(Func<Belonging, long?> of) => string.Join(", ", records.Select(of).OfType<long>().Distinct().Prepend(0));
        var (people, premises, accounts) = (Keys(r => r.PersonId), Keys(r => r.PremiseId), Keys(r => r.PremiseId is null ? r.AccountId : null));
        var (connection, transaction) = await db.Sql(ct);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition($"""
            select w.id as "Id", w.kind as "Kind", w.reason as "Reason", w.review_on as "ReviewOn", w.person_id as "PersonId", w.premise_id as "PremiseId", cast(null as bigint) as "Through"
            from warning w where w.ended_at is null and w.person_id in ({people})
            union all
            select w.id, w.kind, w.reason, w.review_on, w.person_id, w.premise_id, cast(null as bigint) from warning w where w.ended_at is null and w.premise_id in ({premises})
            union all
            select w.id, w.kind, w.reason, w.review_on, w.person_id, w.premise_id, s.premise_id
            from service_agreement s join account_person a on a.account_id = s.account_id and a.to_on is null join warning w on w.person_id = a.person_id
            where w.ended_at is null and s.premise_id in ({premises}) and s.state not in ('Stopped', 'Closed', 'Cancelled')
            union all
            select w.id, w.kind, w.reason, w.review_on, w.person_id, w.premise_id, s.account_id
            from service_agreement s join warning w on w.premise_id = s.premise_id
            where w.ended_at is null and s.account_id in ({accounts}) and s.state not in ('Stopped', 'Closed', 'Cancelled')
            """, transaction: transaction, cancellationToken: ct))).AsList();
        if (rows.Count == 0)
            return [.. records.Select(_ => Array.Empty<WarningOnTheWay>())];
        var maskings = await sight.Maskings(rows.Select(r => (r.PersonId, (long?)null, r.PremiseId)), ct);
        return [.. records.Select(record => Of(record, rows, maskings, sent, may))];
    }

    private static IReadOnlyList<WarningOnTheWay> Of(Belonging record, List<Row> rows, Maskings maskings, bool sent, bool may) =>
        [.. from row in rows
            let about = row.Through is null ? row.PersonId is { } who ? who == record.PersonId ? ThisPerson : null : row.PremiseId == record.PremiseId ? ThisPlace : null
                : row.PersonId is { } resident ? resident != record.PersonId && row.Through == record.PremiseId ? Resident : null
                : record.PremiseId is null && row.Through == record.AccountId ? ThisPlace : null
            where about is not null
            let masking = maskings.Of(row.PersonId, null, row.PremiseId)
            where sent || !masking.IsClosed
            group (row, about, masking) by row.Id into one
            orderby one.Key
            let first = one.First()
            select new WarningOnTheWay(one.Key, first.row.Kind, first.about, first.masking.IsClosed ? null : first.masking.Text(first.row.Reason), first.row.ReviewOn, may && !first.masking.IsClosed)];
}
