using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers.Accounts;
using Tieline.Customers.Files;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Reasons;

namespace Tieline.Customers.Reasons;

/// <summary>Why people, accounts, premises and what is recorded about them are there.</summary>
internal static class CustomerReasons
{
    public static void Add(IServiceCollection services)
    {
        foreach (var page in (RecordPage[])
            [
                new("person", "customer", "/customers/{0}", CustomersPermissions.Read),
                new("account", "account", "/accounts/{0}", CustomersPermissions.Read),
                new("premise", "premise", "/premises/{0}", CustomersPermissions.Read),
                new("agreement", "service agreement", null, CustomersPermissions.Read, "service_agreement"),
                new("note", "note", null, CustomersPermissions.Read),
                new("warning", "warning", "/warnings/{0}", CustomersPermissions.Warnings),
                new("warning_review", "review of a warning", null, CustomersPermissions.Warnings),
                new("authorisation", "authorisation", null, CustomersPermissions.Read),
                new("authorisation_end", "end of an authorisation", null, CustomersPermissions.Read),
                new("merge", "merge", null, CustomersPermissions.Read),
                new("duplicate_pair", "pair of records", "/duplicates/{0}", CustomersPermissions.Duplicates),
                new("glass_break", "opened record", null, CustomersPermissions.Restricted),
                new("customer_file", "file of customers", "/admin/customer-files/{0}", CustomersPermissions.Import),
                new("alert_setting", "alert", "/admin/alerts/{0}", CustomersPermissions.Alerts),
                new("verification_question", "question to callers", "/admin/verification-questions/{0}", CustomersPermissions.Questions),
            ])
            services.AddSingleton(page);
        services.AddScoped<ITellsWhy, WhyPerson>();
        services.AddScoped<ITellsWhy, WhyAccount>();
        services.AddScoped<ITellsWhy, WhyPremise>();
        services.AddScoped<ITellsWhy, WhyAgreement>();
        services.AddScoped<ITellsWhy, WhyNote>();
        services.AddScoped<ITellsWhy, WhyWarning>();
        services.AddScoped<ITellsWhy, WhyWarningReview>();
        services.AddScoped<ITellsWhy, WhyAuthorisation>();
        services.AddScoped<ITellsWhy, WhyAuthorisationEnd>();
        services.AddScoped<ITellsWhy, WhyMerge>();
        services.AddScoped<ITellsWhy, WhyDuplicate>();
        services.AddScoped<ITellsWhy, WhyGlassBreak>();
        services.AddScoped<ITellsWhy, WhyCustomerFile>();
    }

    /// <summary>Of what was brought by a file or a feed.</summary>
    public static (IReadOnlyList<Remark> Remarks, IReadOnlyList<Lead> Leads) Brought(string? source, string? key) =>
        source is null ? ([], [])
        : CustomerFile.IdOf(source) is { } file ? ([], [new Lead("with a file", new RecordRef("customer_file", file))])
        : ([new Remark($"It came from {source}, where it is known as {key}")], []);

    /// <summary>Everything that a record became by merging.</summary>
    public static async Task<IReadOnlyList<Remark>> Merged(AppDb db, MergeKind kind, long id, CancellationToken ct)
    {
        var place = kind == MergeKind.Person ? "customers" : "premises";
        var merges = await db.Set<Merge>().AsNoTracking().Where(m => m.Kind == kind && m.IntoId == id && m.UndoneAt == null).OrderByDescending(m => m.Id).Take(3).ToListAsync(ct);
        return [.. merges.Select(m => new Remark($"{m.MergedBy.Name} merged another record into it", m.MergedAt, string.Create(CultureInfo.InvariantCulture, $"/{place}/{id}/merges")))];
    }
}

internal sealed class WhyPerson(AppDb db, PeopleInSight sight) : ITellsWhy
{
    public string Kind => "person";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<Person>().AsNoTracking().Where(p => p.Id == id).Select(p => new { p.DisplayName, p.Reference, p.CreatedAt, p.Source, p.ExternalKey }).SingleOrDefaultAsync(ct) is not { } person)
            return null;
        if (await sight.Of(id, ct) == SightLevel.Closed)
            return Told.Hidden;
        var (remarks, leads) = CustomerReasons.Brought(person.Source, person.ExternalKey);
        return new Told
        {
            Detail = $"{person.DisplayName} ({person.Reference})", At = person.CreatedAt, Customer = new RecordRef("person", id),
            Remarks = [.. remarks, .. await CustomerReasons.Merged(db, MergeKind.Person, id, ct)], Leads = leads,
        };
    }
}

internal sealed class WhyAccount(AppDb db, PeopleInSight sight) : ITellsWhy
{
    public string Kind => "account";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<Account>().AsNoTracking().Where(a => a.Id == id).Select(a => new { a.Number, a.Source, a.ExternalKey }).SingleOrDefaultAsync(ct) is not { } account)
            return null;
        if (await sight.OfAccount(id, ct) == SightLevel.Closed)
            return Told.Hidden;
        var (remarks, leads) = CustomerReasons.Brought(account.Source, account.ExternalKey);
        return new Told { Detail = account.Number, Verb = "opened", Customer = new RecordRef("account", id), Remarks = remarks, Leads = leads };
    }
}

internal sealed class WhyPremise(AppDb db) : ITellsWhy
{
    public string Kind => "premise";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<Premise>().AsNoTracking().Where(p => p.Id == id).Select(p => new { p.OneLine, p.Source, p.ExternalKey }).SingleOrDefaultAsync(ct) is not { } premise)
            return null;
        var (remarks, leads) = CustomerReasons.Brought(premise.Source, premise.ExternalKey);
        return new Told
        {
            Detail = premise.OneLine, Customer = new RecordRef("premise", id),
            Remarks = [.. remarks, .. await CustomerReasons.Merged(db, MergeKind.Premise, id, ct)], Leads = leads,
        };
    }
}

internal sealed class WhyCustomerFile(AppDb db) : ITellsWhy
{
    public string Kind => "customer_file";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<CustomerFile>().AsNoTracking().SingleOrDefaultAsync(f => f.Id == id, ct) is not { } file ? null
            : new Told { Detail = file.Name, Verb = "brought", By = file.BroughtBy, At = file.BroughtAt };
}
