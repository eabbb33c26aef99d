using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Merging;

/// <summary>Who and what an id stands for now: itself, or the record into which it was merged.</summary>
internal static class Survivors
{
    public static IQueryable<long> SurvivorOf(this DbSet<Person> people, long id) => people.Where(p => p.Id == id).Select(p => p.MergedIntoId ?? p.Id);

    public static IQueryable<long> SurvivorOf(this DbSet<Premise> premises, long id) => premises.Where(p => p.Id == id).Select(p => p.MergedIntoId ?? p.Id);

    /// <summary>Who a person on record is now, for reading, and for what is recorded about them.</summary>
    /// <returns>Null when there is none.</returns>
    public static Task<long?> SurvivorOf(this AppDb db, long person, CancellationToken ct) => db.Set<Person>().SurvivorOf(person).Select(id => (long?)id).SingleOrDefaultAsync(ct);

    /// <summary>Whoever changes a record that was merged has seen another one than would change.</summary>
    /// <returns>What is wrong; null when it was not merged.</returns>
    public static async Task<Problem?> MergedAway(this AppDb db, Person person, CancellationToken ct) =>
        person.MergedIntoId is not { } survivor ? null
            : Problem.Conflict($"This person was merged into {await db.Set<Person>().Where(p => p.Id == survivor).Select(p => p.Reference).SingleAsync(ct)}: change that record.");

    /// <summary>Who it is, held until the end of the transaction: nobody merges them before. Others may do the same at the same time.</summary>
    /// <returns>Null when there is none.</returns>
    public static async Task<long?> Shared(this AppDb db, string table, long id, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        return await connection.QuerySingleOrDefaultAsync<long?>(new CommandDefinition(
            $"select coalesce(merged_into_id, id) from {table} where id = @id{db.Dialect.Sharing}", new { id }, transaction, cancellationToken: ct));
    }

    /// <summary>As <see cref="Shared"/>, of many.</summary>
    public static async Task<Dictionary<long, long>> SharedAll(this AppDb db, string table, IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        var survivors = new Dictionary<long, long>(ids.Count);
        var (connection, transaction) = await db.Sql(ct);
        foreach (var some in ids.Distinct().Order().Chunk(1_000))
        {
            foreach (var (id, survivor) in await connection.QueryAsync<(long Id, long Survivor)>(new CommandDefinition(
                $"select id, coalesce(merged_into_id, id) from {table} where id in ({string.Join(',', some)}) order by id{db.Dialect.Sharing}", null, transaction, cancellationToken: ct)))
                survivors[id] = survivor;
        }
        return survivors;
    }
}
