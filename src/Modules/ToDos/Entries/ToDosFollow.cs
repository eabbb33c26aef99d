using Dapper;
using Tieline.Customers;
using Tieline.Platform.Data;

namespace Tieline.ToDos.Entries;

/// <summary>
/// Work about a person or a premise follows when it is merged. To whom a contact belongs and to whom its To Dos do is one thing: of a
/// contact that goes back, those that were made since go with it.
/// </summary>
internal sealed class ToDosFollow(AppDb db, IFollowsMerge rows) : IFollowsMerge
{
    public string Kind => rows.Kind;
    public int Order => rows.Order;
    public IReadOnlyCollection<string> Covers => rows.Covers;

    public Task<IReadOnlyList<MergeCount>> Count(long from, long into, CancellationToken ct) => rows.Count(from, into, ct);

    public Task<IReadOnlyList<MovedRow>> Move(long from, long into, CancellationToken ct) => rows.Move(from, into, ct);

    public async Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var field = Covers.Single();
        var since = await connection.QueryAsync<long>(new CommandDefinition(
            $"""
            select id from to_do where {Kind}_id = @into and contact_id in (
                select m.record_id from merge_moved m where m.field = 'contact.{Kind}_id' and m.merge_id = (select max(id) from merge where from_id = @from and into_id = @into))
            """, new { from, into }, transaction, cancellationToken: ct));
        await rows.MoveBack(from, into, [.. moved.Concat(since.Select(id => new MovedRow(field, id))).DistinctBy(m => m.Id)], ct);
    }
}
