using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Duplicates;
using Tieline.Customers.Finding;
using Tieline.Customers.Merging;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Files;
using Tieline.Platform.Jobs;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Files;

/// <summary>Takes a file's customers out again. Those of whom anything was recorded since stay.</summary>
internal sealed class RemoveCustomerFile(AppDb db, CurrentActor actor, IJobs jobs) : IUse<RemoveCustomerFile.Input, Done>
{
    public sealed record Input(long Id, int Version);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Import);
        if (await db.Set<CustomerFile>().SingleOrDefaultAsync(f => f.Id == input.Id, ct) is not { } file)
            return Problem.NotFound("The file");
        db.Expect(file, input.Version);
        if (file.State is CustomerFileState.Running or CustomerFileState.Removing)
            return Problem.Conflict("Wait until what is going on has ended.");
        file.Remove();
        await jobs.Enqueue(RemoveRows.Kind, new RemoveRows.Payload(file.Id), ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

/// <summary>Removes what a file brought and nothing else names, a chunk a transaction.</summary>
internal sealed class RemoveRows(AppDb db, CurrentActor actor, ISearch search, CustomerIndex index, IAuditTrail audit, IFiles files, NamedElsewhere named) : IJobHandler<RemoveRows.Payload>
{
    public const string Kind = "customers.file.remove";
    private const int Chunk = 500;

    public sealed record Payload(long FileId);

    public async Task Run(Payload payload, JobRun job, CancellationToken ct)
    {
        var file = await db.Set<CustomerFile>().AsNoTracking().SingleAsync(f => f.Id == payload.FileId, ct);
        if (file.State is not CustomerFileState.Removing)
            return;
        (actor.Actor, actor.Because) = (Actor.Process($"file {file.Name}"), new RecordRef("customer_file", file.Id));
        foreach (var people in (await Removable(file.Source, ct)).Chunk(Chunk))
            await db.InTransaction(() => Remove(file.Source, people, ct), ct);
        await db.InTransaction(() => RemovePlaces(file.Source, ct), ct);
        await db.InTransaction(() => End(payload.FileId, ct), ct);
    }

    /// <summary>With the people goes what the file said of them, what was rejected too: nobody takes it out of the house again.</summary>
    private async Task<Done> End(long id, CancellationToken ct)
    {
        var file = await db.Set<CustomerFile>().SingleAsync(f => f.Id == id, ct);
        await db.Set<RejectedRow>().Where(r => r.FileId == id).ExecuteDeleteAsync(ct);
        await files.Remove(file.AuditSubject, ct);
        var kept = await db.Set<Person>().CountAsync(p => p.Source == file.Source, ct);
        file.Removed(kept == 0 ? null : $"{kept:N0} people stay: something was recorded about them, or about somebody on their account.", db.Now);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }

    /// <summary>People of the source who can go, those of one account beside each other: somebody stays whose account, or whose fellow on it, is named elsewhere.</summary>
    private async Task<IReadOnlyList<long>> Removable(string source, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var staying = (await connection.QueryAsync<long>(new CommandDefinition(
            $"select t.id from person t where t.source = @source and ({named.Person})", new { source }, transaction, cancellationToken: ct))).ToHashSet();
        var accounts = (await connection.QueryAsync<long>(new CommandDefinition(
            $"select t.id from account t where (t.source is null or t.source <> @source or {named.Account}) and exists (select 1 from account_person x join person p on p.id = x.person_id where x.account_id = t.id and p.source = @source)",
            new { source }, transaction, cancellationToken: ct))).ToHashSet();
        var pairs = (await connection.QueryAsync<(long Account, long Person)>(new CommandDefinition(
            "select x.account_id, x.person_id from account_person x join person p on p.id = x.person_id where p.source = @source", new { source }, transaction, cancellationToken: ct))).ToArray();
        while (true)
        {
            var (people, held) = (staying.Count, accounts.Count);
            accounts.UnionWith(pairs.Where(x => staying.Contains(x.Person)).Select(x => x.Account));
            staying.UnionWith(pairs.Where(x => accounts.Contains(x.Account)).Select(x => x.Person));
            if (people == staying.Count && held == accounts.Count)
                break;
        }
        var accountOf = pairs.GroupBy(x => x.Person).ToDictionary(g => g.Key, g => g.Min(x => x.Account));
        var all = await db.Set<Person>().Where(p => p.Source == source).Select(p => p.Id).ToListAsync(ct);
        return [.. all.Where(p => !staying.Contains(p)).OrderBy(p => accountOf.GetValueOrDefault(p)).ThenBy(p => p)];
    }

    private async Task<Done> Remove(string source, long[] people, CancellationToken ct)
    {
        await db.Hold("person", people, ct);
        // Between the list and the lock somebody may have called.
        var (connection, transaction) = await db.Sql(ct);
        var called = (await connection.QueryAsync<long>(new CommandDefinition(
            $"select t.id from person t where t.source = @source and ({named.Person})", new { source }, transaction, cancellationToken: ct))).ToHashSet();
        if (called.Count > 0)
            called.UnionWith(await db.Set<AccountPerson>().Where(x => db.Set<AccountPerson>().Any(o => o.AccountId == x.AccountId && called.Contains(o.PersonId))).Select(x => x.PersonId).ToListAsync(ct));
        var ids = people.Where(p => !called.Contains(p)).ToArray();
        var accounts = await db.Set<AccountPerson>().Where(x => ids.Contains(x.PersonId)).Select(x => x.AccountId).Distinct().ToListAsync(ct);
        // An account of which somebody is left stays with all of its people, and goes with the chunk of the last one.
        var shared = await db.Set<AccountPerson>().Where(x => accounts.Contains(x.AccountId) && !ids.Contains(x.PersonId)).Select(x => x.AccountId).Distinct().ToListAsync(ct);
        var gone = accounts.Except(shared).ToArray();
        var places = await db.Set<ServiceAgreement>().Where(s => gone.Contains(s.AccountId)).Select(s => s.PremiseId).Distinct().ToListAsync(ct);
        await db.Set<AccountPerson>().Where(x => ids.Contains(x.PersonId)).ExecuteDeleteAsync(ct);
        await db.Set<ServiceAgreement>().Where(s => gone.Contains(s.AccountId)).ExecuteDeleteAsync(ct);
        await db.Set<Account>().Where(a => gone.Contains(a.Id)).ExecuteDeleteAsync(ct);
        await db.Set<PersonName>().Where(x => ids.Contains(x.PersonId)).ExecuteDeleteAsync(ct);
        await db.Set<PersonPhone>().Where(x => ids.Contains(x.PersonId)).ExecuteDeleteAsync(ct);
        await db.Set<PersonEmail>().Where(x => ids.Contains(x.PersonId)).ExecuteDeleteAsync(ct);
        await db.Set<PersonAddress>().Where(x => ids.Contains(x.PersonId)).ExecuteDeleteAsync(ct);
        await db.Set<Person>().Where(p => ids.Contains(p.Id)).ExecuteDeleteAsync(ct);
        await db.Set<DuplicatePair>().Where(d => d.Kind == MergeKind.Person && (ids.Contains(d.AId) || ids.Contains(d.BId))).ExecuteDeleteAsync(ct);
        foreach (var id in ids)
            audit.Add("removed", new RecordRef("person", id), null, null);
        foreach (var id in gone)
            audit.Add("removed", new RecordRef("account", id), null, null);
        await search.Replace(ids, [], ct);
        // A place where nobody is supplied any more is found by itself.
        await index.Rewrite([], places, ct);
        await db.SaveChangesAsync(ct);
        db.ChangeTracker.Clear();
        return Done.It;
    }

    private async Task<Done> RemovePlaces(string source, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var ids = (await connection.QueryAsync<long>(new CommandDefinition(
            $"select t.id from premise t where t.source = @source and not ({named.Premise}) and not exists (select 1 from service_agreement s where s.premise_id = t.id)",
            new { source }, transaction, cancellationToken: ct))).ToArray();
        foreach (var chunk in ids.Chunk(Chunk))
        {
            await db.Set<DuplicatePair>().Where(d => d.Kind == MergeKind.Premise && (chunk.Contains(d.AId) || chunk.Contains(d.BId))).ExecuteDeleteAsync(ct);
            await db.Set<Premise>().Where(p => chunk.Contains(p.Id)).ExecuteDeleteAsync(ct);
            await search.Replace(chunk, [], ct);
        }
        return Done.It;
    }
}

/// <summary>
/// Conditions that a person, account or premise <c>t</c> is named by anything but the parts that an import makes of it: whatever
/// column of any room holds their id, as the model knows it, so that a new room is asked without a word here.
/// </summary>
internal sealed class NamedElsewhere
{
    private static readonly Type[] OwnParts =
        [typeof(PersonName), typeof(PersonPhone), typeof(PersonEmail), typeof(PersonAddress), typeof(AccountPerson), typeof(ServiceAgreement)];

    public NamedElsewhere(AppDb db)
    {
        Person = Named(db.Model, typeof(Person), "PersonId", "person") + Merged(MergeKind.Person);
        Account = Named(db.Model, typeof(Account), "AccountId", "account");
        Premise = Named(db.Model, typeof(Premise), "PremiseId", "premise") + Merged(MergeKind.Premise);
    }

    public string Person { get; }
    public string Account { get; }
    public string Premise { get; }

    private static string Merged(MergeKind kind) => $" or exists (select 1 from merge n where n.kind = '{kind}' and t.id in (n.from_id, n.into_id))";

    private static string Named(IModel model, Type record, string property, string kind)
    {
        var columns = from entity in model.GetEntityTypes()
                      where !OwnParts.Contains(entity.ClrType) && entity.GetTableName() is not null
                      from column in entity.GetProperties()
                      where column.Name.EndsWith(property, StringComparison.Ordinal) || column.GetContainingForeignKeys().Any(f => f.PrincipalEntityType.ClrType == record)
                      select $"exists (select 1 from {entity.GetTableName()} n where n.{column.GetColumnName()} = t.id)";
        return string.Join(" or ", columns.Distinct().Append($"exists (select 1 from {model.FindEntityType(typeof(Note))!.GetTableName()} n where n.subject = '{kind}:' || t.id)"));
    }
}
