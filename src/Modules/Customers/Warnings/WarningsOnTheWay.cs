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
    private const string Member = "somebody on the account";
    private const string OtherPlace = "a place of the account";

    /// <summary>By what a warning belongs to a record; of several the first says whom or what it is about.</summary>
    private enum Way { Person, Premise, LivesThere, OnAccount, Supplied, Home }

    private sealed class Row
    {
        public long Id { get; init; }
        public string Kind { get; init; } = "";
        public string Reason { get; init; } = "";
        public DateOnly ReviewOn { get; init; }
        public long? PersonId { get; init; }
        public long? PremiseId { get; init; }
        public Way Way { get; init; }
        /// <summary>The person, premise or account of the record.</summary>
        public long Through { get; init; }
    }

    /// <inheritdoc cref="ICustomers.WarningsFor"/>
    public async Task<IReadOnlyList<IReadOnlyList<WarningOnTheWay>>> For(IReadOnlyList<Belonging> records, bool sent, CancellationToken ct)
    {
        var may = actor.May(CustomersPermissions.Warnings);
        if (records.Count == 0 || !(sent || may))
            return [.. records.Select(_ => Array.Empty<WarningOnTheWay>())];
        // Keys only; none is 0, and a list must not be empty.
        string Keys(Func<Belonging, long?> of) => string.Join(", ", records.Select(of).OfType<long>().Distinct().Prepend(0));
        var (people, premises, accounts, alone) = (Keys(r => r.PersonId), Keys(r => r.PremiseId), Keys(r => r.AccountId), Keys(r => IsPersonAlone(r) ? r.PersonId : null));
        const string warned = """w.id as "Id", w.kind as "Kind", w.reason as "Reason", w.review_on as "ReviewOn", w.person_id as "PersonId", w.premise_id as "PremiseId" """;
        const string supplied = "s.state not in ('Stopped', 'Closed', 'Cancelled')";
        var (connection, transaction) = await db.Sql(ct);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition($"""
            select {warned}, {(int)Way.Person} as "Way", w.person_id as "Through" from warning w where w.ended_at is null and w.person_id in ({people})
            union all
            select {warned}, {(int)Way.Premise}, w.premise_id from warning w where w.ended_at is null and w.premise_id in ({premises})
            union all
            select {warned}, {(int)Way.LivesThere}, s.premise_id
            from service_agreement s join account_person a on a.account_id = s.account_id and a.to_on is null join warning w on w.person_id = a.person_id
            where w.ended_at is null and s.premise_id in ({premises}) and {supplied}
            union all
            select {warned}, {(int)Way.OnAccount}, a.account_id
            from account_person a join warning w on w.person_id = a.person_id where w.ended_at is null and a.account_id in ({accounts}) and a.to_on is null
            union all
            select {warned}, {(int)Way.Supplied}, s.account_id
            from service_agreement s join warning w on w.premise_id = s.premise_id where w.ended_at is null and s.account_id in ({accounts}) and {supplied}
            union all
            select {warned}, {(int)Way.Home}, a.person_id
            from account_person a join service_agreement s on s.account_id = a.account_id join warning w on w.premise_id = s.premise_id
            where w.ended_at is null and a.person_id in ({alone}) and a.to_on is null and {supplied}
            """, transaction: transaction, cancellationToken: ct))).AsList();
        if (rows.Count == 0)
            return [.. records.Select(_ => Array.Empty<WarningOnTheWay>())];
        var maskings = await sight.Maskings(rows.Select(r => (r.PersonId, (long?)null, r.PremiseId)), ct);
        return [.. records.Select(record => Of(record, rows, maskings, sent, may))];
    }

    private static IReadOnlyList<WarningOnTheWay> Of(Belonging record, List<Row> rows, Maskings maskings, bool sent, bool may) =>
        [.. from row in rows
            let about = About(record, row)
            where about is not null
            let masking = maskings.Of(row.PersonId, null, row.PremiseId)
            where sent || !masking.IsClosed
            orderby row.Way
            group (row, about, masking) by row.Id into one
            orderby one.Key
            let first = one.First()
            select new WarningOnTheWay(one.Key, first.row.Kind, first.about, first.masking.IsClosed ? null : first.masking.Text(first.row.Reason), first.row.ReviewOn, may && !first.masking.IsClosed)];

    private static bool IsPersonAlone(Belonging record) => record is { PersonId: not null, AccountId: null, PremiseId: null };

    /// <returns>Null when the warning is none of the record's.</returns>
    private static string? About(Belonging record, Row row) => row.Way switch
    {
        Way.Person => row.Through == record.PersonId ? ThisPerson : null,
        Way.Premise => row.Through == record.PremiseId ? ThisPlace : null,
        Way.LivesThere => row.Through == record.PremiseId ? Resident : null,
        Way.OnAccount => row.Through == record.AccountId ? Member : null,
        Way.Supplied => row.Through != record.AccountId ? null : record.PremiseId is null ? ThisPlace : OtherPlace,
        _ => IsPersonAlone(record) && row.Through == record.PersonId ? ThisPlace : null,
    };
}
