using System.Globalization;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Customers.Reviews;

/// <summary>Warnings to be looked at again, and authorisations that end soon. Says nothing of what a warning says, nor of whom.</summary>
internal sealed class DueReviews(AppDb db)
{
    public const string WarningReview = "warning_review";
    public const string AuthorisationEnd = "authorisation_end";

    // Keys of reviews and of ends come from one series, so their order is one.
    private const string Statement = $"""
        select r.id as Id, '{WarningReview}' as Kind, r.due_on as DueOn, w.person_id as PersonId, cast(null as bigint) as AccountId, w.premise_id as PremiseId
        from warning_review r join warning w on w.id = r.warning_id
        where r.done_at is null and w.ended_at is null and r.due_on <= @on and r.id > @after
        union all
        select a.end_id, '{AuthorisationEnd}', a.to_on, a.person_id, a.account_id, null
        from authorisation a
        where a.revoked_at is null and a.to_on >= @on and a.to_on <= @endsBy and a.end_id > @after
        order by 1 limit @limit
        """;

    public async Task<IReadOnlyList<DueReview>> By(DateOnly on, DateOnly endsBy, long after, int limit, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var found = await connection.QueryAsync<Row>(new CommandDefinition(Statement, new { on, endsBy, after, limit }, transaction, cancellationToken: ct));
        return [.. found.Select(r => new DueReview(r.Id, new RecordRef(r.Kind, r.Id), Text(r), r.DueOn, r.PersonId, r.AccountId, r.PremiseId))];
    }

    public async Task<bool> Awaits(RecordRef cause, CancellationToken ct) =>
        cause.Kind == WarningReview && await db.Set<Warnings.WarningReview>().AnyAsync(r => r.Id == cause.Id && r.DoneAt == null, ct);

    private static string Text(Row row) => row.Kind == WarningReview
        ? "Look at a warning again: is it still true?"
        : string.Create(CultureInfo.InvariantCulture, $"An authorisation ends on {row.DueOn:d MMM yyyy}: does it go on?");

    private sealed class Row
    {
        public long Id { get; init; }
        public string Kind { get; init; } = "";
        public DateOnly DueOn { get; init; }
        public long? PersonId { get; init; }
        public long? AccountId { get; init; }
        public long? PremiseId { get; init; }
    }
}
