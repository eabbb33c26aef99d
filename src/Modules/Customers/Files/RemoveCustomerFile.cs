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

/// <summary>Takes a file's customers out again. Those of whom anything was recorded or changed since stay.</summary>
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
        if (file.State is CustomerFileState.Removed)
            return Problem.Conflict("What this file brought was taken out already.");
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
        try
        {
            foreach (var people in (await Removable(file, ct)).Chunk(Chunk))
                await db.InTransaction(() => Remove(file, people, ct), ct);
            await db.InTransaction(() => RemovePlaces(file, ct), ct);
            await db.InTransaction(() => End(payload.FileId, ct), ct);
        }
        catch (Exception exception) when (job.GivesUp(exception, db))
        {
            db.Forget();
            var failed = await db.Set<CustomerFile>().SingleAsync(f => f.Id == payload.FileId, ct);
            failed.Fail($"Not all could be taken out: {exception.Message}", db.Now);
            await db.SaveChangesAsync(ct);
        }
    }

    /// <summary>With the people goes what the file said of them, what was rejected too: nobody takes it out of the house again.</summary>
    private async Task<Done> End(long id, CancellationToken ct)
    {
        var file = await db.Set<CustomerFile>().SingleAsync(f => f.Id == id, ct);
        await db.Set<RejectedRow>().Where(r => r.FileId == id).ExecuteDeleteAsync(ct);
        await files.Remove(file.AuditSubject, ct);
        file.Removed(await Kept(file, ct), db.Now);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }

    /// <summary>Who stays and why, in words; null when all have gone.</summary>
    private async Task<string?> Kept(CustomerFile file, CancellationToken ct)
    {
        var (people, places) = (await db.Set<Person>().CountAsync(p => p.Source == file.Source, ct), await db.Set<Premise>().CountAsync(p => p.Source == file.Source, ct));
        if (people == 0)
            return places == 0 ? null : $"{(places == 1 ? "1 place stays" : $"{places:N0} places stay")}: changed since, or something was recorded about them, or others are supplied there.";
        var (connection, transaction) = await db.Sql(ct);
        var changed = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            $"select count(*) from person t where t.source = @source and ({NamedElsewhere.ChangedPerson}) and not ({named.PersonNamed})", Of(file), transaction, cancellationToken: ct));
        var recorded = changed == people ? null : "something was recorded about them, or about somebody on their account";
        return $"{(people == 1 ? "1 person stays" : $"{people:N0} people stay")}: {(changed == 0 ? recorded : $"{changed:N0} of them, their account or their place were changed since{(recorded is null ? "" : $"; of the others {recorded}")}")}.";
    }

    /// <summary>What the conditions of <see cref="NamedElsewhere"/> ask for.</summary>
    private static object Of(CustomerFile file) => new { source = file.Source, file = file.AuditSubject.ToString() };

    /// <summary>People of the source who can go, those of one account beside each other: somebody stays whose account, or whose fellow on it, is named elsewhere.</summary>
    private async Task<IReadOnlyList<long>> Removable(CustomerFile file, CancellationToken ct)
    {
        var (connection, transaction) = await db.Sql(ct);
        var staying = (await connection.QueryAsync<long>(new CommandDefinition(
            $"select t.id from person t where t.source = @source and ({named.Person})", Of(file), transaction, cancellationToken: ct))).ToHashSet();
        var accounts = (await connection.QueryAsync<long>(new CommandDefinition(
            $"select t.id from account t where (t.source is null or t.source <> @source or {named.Account}) and exists (select 1 from account_person x join person p on p.id = x.person_id where x.account_id = t.id and p.source = @source)",
            Of(file), transaction, cancellationToken: ct))).ToHashSet();
        var pairs = (await connection.QueryAsync<(long Account, long Person)>(new CommandDefinition(
            "select x.account_id, x.person_id from account_person x join person p on p.id = x.person_id where p.source = @source", Of(file), transaction, cancellationToken: ct))).ToArray();
        while (true)
        {
            var (people, held) = (staying.Count, accounts.Count);
            accounts.UnionWith(pairs.Where(x => staying.Contains(x.Person)).Select(x => x.Account));
            staying.UnionWith(pairs.Where(x => accounts.Contains(x.Account)).Select(x => x.Person));
            if (people == staying.Count && held == accounts.Count)
                break;
        }
        var accountOf = pairs.GroupBy(x => x.Person).ToDictionary(g => g.Key, g => g.Min(x => x.Account));
        var all = await db.Set<Person>().Where(p => p.Source == file.Source).Select(p => p.Id).ToListAsync(ct);
        return [.. all.Where(p => !staying.Contains(p)).OrderBy(p => accountOf.GetValueOrDefault(p)).ThenBy(p => p)];
    }

    private async Task<Done> Remove(CustomerFile file, long[] people, CancellationToken ct)
    {
        var around = await db.Set<AccountPerson>().Where(x => people.Contains(x.PersonId)).Select(x => x.AccountId).Distinct().ToListAsync(ct);
        await db.Hold("premise", await db.Set<ServiceAgreement>().Where(s => around.Contains(s.AccountId)).Select(s => s.PremiseId).Distinct().ToListAsync(ct), ct);
        await db.Hold("account", around, ct);
        await db.Hold("person", people, ct);
        // Between the list and the lock somebody may have called, or changed what was to go.
        var (connection, transaction) = await db.Sql(ct);
        var fellows = await db.Set<AccountPerson>().Where(x => around.Contains(x.AccountId)).Select(x => x.PersonId).ToListAsync(ct);
        var called = (await connection.QueryAsync<long>(new CommandDefinition(
            $"select t.id from person t where t.source = @source and t.id in ({string.Join(',', people.Union(fellows))}) and ({named.PersonNamed} or {NamedElsewhere.ChangedPerson})",
            Of(file), transaction, cancellationToken: ct))).ToHashSet();
        if (around.Count > 0)
            called.UnionWith(await connection.QueryAsync<long>(new CommandDefinition(
                $"select x.person_id from account t join account_person x on x.account_id = t.id where t.id in ({string.Join(',', around)}) and ({named.AccountNamed})", null, transaction, cancellationToken: ct)));
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

    private async Task<Done> RemovePlaces(CustomerFile file, CancellationToken ct)
    {
        var unused = $"select t.id from premise t where t.source = @source and not ({named.Premise}) and not exists (select 1 from service_agreement s where s.premise_id = t.id)";
        await db.Hold("premise", await Ids(unused), ct);
        // Between the list and the lock somebody may have been supplied there, or changed it.
        foreach (var chunk in (await Ids(unused)).Chunk(Chunk))
        {
            await db.Set<DuplicatePair>().Where(d => d.Kind == MergeKind.Premise && (chunk.Contains(d.AId) || chunk.Contains(d.BId))).ExecuteDeleteAsync(ct);
            await db.Set<Premise>().Where(p => chunk.Contains(p.Id)).ExecuteDeleteAsync(ct);
            await search.Replace(chunk, [], ct);
        }
        return Done.It;

        async Task<long[]> Ids(string statement)
        {
            var (connection, transaction) = await db.Sql(ct);
            return [.. await connection.QueryAsync<long>(new CommandDefinition(statement, Of(file), transaction, cancellationToken: ct))];
        }
    }
}

/// <summary>
/// Conditions that a person, account or premise <c>t</c> is named by anything but the parts that an import makes of it: whatever
/// column of any room holds their id, as the model knows it, so that a new room is asked without a word here; or that something of
/// them was changed by anything but the file <c>@file</c> that brought them, of the source <c>@source</c>.
/// </summary>
internal sealed class NamedElsewhere
{
    private static readonly Type[] OwnParts =
        [typeof(PersonName), typeof(PersonPhone), typeof(PersonEmail), typeof(PersonAddress), typeof(AccountPerson), typeof(ServiceAgreement)];

    public NamedElsewhere(AppDb db)
    {
        PersonNamed = Named(db.Model, typeof(Person), "PersonId", "person") + Merged(MergeKind.Person);
        Person = $"{PersonNamed} or {Changed("person", "t.id")}";
        AccountNamed = Named(db.Model, typeof(Account), "AccountId", "account");
        Account = $"{AccountNamed} or {AccountChanged("t.id")}";
        Premise = $"{Named(db.Model, typeof(Premise), "PremiseId", "premise")}{Merged(MergeKind.Premise)} or {Changed("premise", "t.id")}";
    }

    /// <summary>The person, an account of theirs or a place at which they are supplied was changed since.</summary>
    public static string ChangedPerson { get; } = $"{Changed("person", "t.id")} or exists (select 1 from account_person x where x.person_id = t.id and ({AccountChanged("x.account_id")}))";

    /// <summary>Without those of whom only something was changed.</summary>
    public string PersonNamed { get; }
    public string Person { get; }
    /// <inheritdoc cref="PersonNamed"/>
    public string AccountNamed { get; }
    public string Account { get; }
    public string Premise { get; }

    /// <summary>The parts of a record are audited with it.</summary>
    private static string Changed(string kind, string id) =>
        $"exists (select 1 from audit_entry e where e.subject = '{kind}:' || {id} and e.action in ('created', 'changed', 'deleted') and (e.cause is null or e.cause <> @file))";

    private static string AccountChanged(string id) =>
        $"{Changed("account", id)} or exists (select 1 from service_agreement s join premise p on p.id = s.premise_id where s.account_id = {id} and p.source = @source and {Changed("premise", "p.id")})";

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
