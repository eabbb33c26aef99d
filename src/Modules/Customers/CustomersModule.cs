using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Alerts;
using Tieline.Customers.Callers;
using Tieline.Customers.Duplicates;
using Tieline.Customers.Finding;
using Tieline.Customers.Merging;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Customers.Timeline;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Jobs;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Tours;
using Tieline.Platform.Ui;

namespace Tieline.Customers;

public sealed class CustomersModule : Module
{
    public override string Name => "Customers";

    public override IEnumerable<Permission> Permissions => CustomersPermissions.All;

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("Duplicates", "/duplicates", "copy", 60, CustomersPermissions.Duplicates),
        new("Guided flows", "/flows", "list-check", 62, CustomersPermissions.Change),
        new("Authorisations", "/authorisations", "user-check", 65, CustomersPermissions.Authorisations),
        new("Alerts", "/admin/alerts", "bell", 845, CustomersPermissions.Alerts, Group: "Admin"),
        new("Bring in customers", "/admin/customer-files", "upload", 870, CustomersPermissions.Import, Group: "Admin"),
        new("Restricted", "/restricted", "lock", 330, CustomersPermissions.Restricted),
        new("Caller questions", "/admin/verification-questions", "shield-check", 846, CustomersPermissions.Questions, Group: "Admin"),
    ];

    public override IEnumerable<ISettingKey> Settings => [.. SightSettings.All, Warnings.WarningDays.MostMonths, Looks.ReportLooks.Employees];

    public override void Add(IServiceCollection services)
    {
        services.AddReferenceRules(CustomerReferences.Rules);
        services.AddScoped<ICustomers, CustomersDoor>();
        services.AddScoped<ITimeline, CustomerTimeline>();
        services.AddScoped<IDemoCallers, Demo.DemoCallers>();
        services.AddScoped<CustomerIndex>();
        services.AddScoped<Files.FileReader>();
        services.AddScoped<Files.RejectedRows>();
        services.AddScoped<Files.NamedElsewhere>();
        services.AddJob<Files.CarryRows.Payload, Files.CarryRows>(Files.CarryRows.Kind);
        services.AddJob<Files.RemoveRows.Payload, Files.RemoveRows>(Files.RemoveRows.Kind);
        foreach (var kind in (string[])["person", "account", "premise"])
            services.AddSingleton(new Tieline.Platform.Audit.HistoryRight(kind, CustomersPermissions.Read));
        services.AddScoped<PeopleInSight>();
        services.AddScoped<RecordsInSight>();
        services.AddScoped<AroundRestricted>();
        services.AddScoped<KeptRelationships>();
        services.AddScoped<IFindByReference, RestrictedByReference>();
        services.AddScoped<Platform.Audit.IHistoryWords, PersonHistoryWords>();
        services.AddScoped<Platform.Audit.IHistoryWords, AccountHistoryWords>();
        services.AddScoped<Platform.Audit.IHistoryWords, PremiseHistoryWords>();
        services.AddScoped<Platform.Audit.IHistoryWords, SearchHistoryWords>();
        services.AddScoped<HeldValues>();
        services.AddScoped<KnownCallers>();
        services.AddScoped<HeldAnswers>();
        services.AddScoped<CallOfEmployee>();
        services.AddScoped<Speakers>();
        services.AddScoped<CallerTries>();
        services.AddScoped<IStartStep, QuestionsSeed>();
        services.AddReferenceCache(OwnRecords.Read);
        services.AddReferenceCache(KnownQuestions.Read);
        services.AddScoped<CustomerLooks>();
        services.AddScoped<CustomerChoices>();
        services.AddScoped<Import.KnownPlaces>();
        services.AddScoped<IDemoData, Demo.CustomersDemo>();
        services.AddScoped<IDemoData, Demo.DuplicatesDemo>();
        services.AddScoped<IDemoData, Demo.SightDemo>();
        services.AddScoped<IDemoData, Demo.FlowsDemo>();
        services.AddScoped<ISecretNumbers, SecretNumbers>();
        services.AddScoped<IRotateValues, RotateIdentifiers>();
        services.AddScoped<NoteReader>();
        services.AddScoped<PersonFacts>();
        services.AddScoped<PersonAccounts>();
        services.AddScoped<PersonChange>();
        services.AddScoped<AgreementBook>();
        services.AddBatch<MoveDueAgreements>();
        services.AddBatch<CheckSearch>();
        services.AddScoped<IAlerts, AlertReader>();
        services.AddScoped<AlertRules>();
        services.AddReferenceCache(KnownAlerts.Read);
        services.AddScoped<IStartStep, AlertSeed>();
        services.AddSingleton(new Tieline.Platform.Audit.HistoryRight("alert_setting", CustomersPermissions.Alerts));
        CustomerAlerts.Add(services);
        services.AddScoped<IAlertSettings, AlertSettings>();
        services.AddScoped<Tieline.Platform.Configuration.IUsedBy, UsedQuestion>();
        services.AddConfigured<ConfiguredAlerts>();
        services.AddConfigured<ConfiguredQuestions>();
        services.AddSingleton(new Tieline.Platform.Audit.HistoryRight("verification_question", CustomersPermissions.Questions));
        services.AddScoped<Authorisations.AuthorisationsInForce>();
        services.AddScoped<Authorisations.AuthorisationFiles>();
        services.AddScoped<Consents.RecordedConsents>();
        services.AddScoped<Reviews.DueReviews>();
        services.AddScoped<Warnings.WarningDays>();
        services.AddScoped<Warnings.WarningsOnTheWay>();
        services.AddSingleton<ITimelineKind, Warnings.WarningLines>();
        Reasons.CustomerReasons.Add(services);
        services.AddTourFact("customers.verified", (db, who, since, ct) => db.Set<Caller>().AnyAsync(c => c.EmployeeId == who.Id && c.At >= since && c.Capacity != CallerCapacity.Unverified, ct));
        services.AddTourFact("duplicates.decided", (db, who, since, ct) => db.Set<DuplicatePair>().AnyAsync(p => p.DecidedBy == who && p.DecidedAt >= since, ct));
        AddMerging(services);
        Flows.FlowParts.Add(services);
    }

    private static void AddMerging(IServiceCollection services)
    {
        services.AddScoped<MergeBook>();
        services.AddScoped<SaidSince>();
        services.AddScoped<DuplicateFinder>();
        services.AddScoped<ComparedPeople>();
        services.AddScoped<ComparedPremises>();
        services.AddScoped<ExportDuplicates>();
        services.AddBatch<FindDuplicates>();
        services.AddBatch<StartNames>();
        services.AddScoped<IFollowsMerge>(p => new DuplicatesFollow(p.GetRequiredService<Platform.Data.AppDb>(), MergeKind.Person));
        services.AddScoped<IFollowsMerge>(p => new DuplicatesFollow(p.GetRequiredService<Platform.Data.AppDb>(), MergeKind.Premise));
        services.AddScoped<IFollowsMerge, AccountsFollow>();
        services.AddScoped<IFollowsMerge, ConsentsFollow>();
        services.AddScoped(p => IFollowsMerge.Rows<Authorisations.Authorisation>(p, "person", 106, a => a.PersonId, "authorisations", a => a.OtherPersonId));
        services.AddScoped(p => IFollowsMerge.Rows<Authorisations.Authorisation>(p, "person", 107, a => a.OtherPersonId, "authorisations by others", a => a.PersonId));
        services.AddScoped(p => IFollowsMerge.Rows<GlassBreak>(p, "person", 120, g => g.PersonId, "reasons to open the record"));
        services.AddScoped(p => IFollowsMerge.Rows<Caller>(p, "person", 121, c => c.PersonId, "callers"));
        services.AddScoped(p => IFollowsMerge.Rows<Caller>(p, "person", 122, c => c.SpeakerId, "calls for others"));
        services.AddScoped(p => IFollowsMerge.Rows<CallerTry>(p, "person", 123, t => t.PersonId, "failed tries of callers"));
        services.AddScoped(p => IFollowsMerge.Rows<CallerAgain>(p, "person", 124, a => a.PersonId, "leave for callers to try again"));
        services.AddScoped(p => IFollowsMerge.Rows<NumberShown>(p, "person", 125, n => n.PersonId, "numbers shown to call back"));
        services.AddScoped(p => IFollowsMerge.Rows<Warnings.Warning>(p, "person", 108, w => w.PersonId, "warnings"));
        services.AddScoped(p => IFollowsMerge.Rows<Warnings.Warning>(p, "premise", 108, w => w.PremiseId, "warnings"));
        services.AddScoped<IFollowsMerge, PartsFollow>();
        services.AddScoped<IFollowsMerge, RelationshipsFollow>();
        services.AddScoped<IFollowsMerge, PersonFollows>();
        services.AddScoped<IFollowsMerge, AgreementsFollow>();
        services.AddScoped<IFollowsMerge, PremiseFollows>();
        services.AddScoped<IFollowsMerge>(p => new NotesFollow(p.GetRequiredService<Platform.Data.AppDb>(), "person"));
        services.AddScoped<IFollowsMerge>(p => new NotesFollow(p.GetRequiredService<Platform.Data.AppDb>(), "premise"));
        services.AddScoped(p => IFollowsMerge.Rows<TimelineEntry>(p, "person", 150, e => e.PersonId, "lines of the timeline"));
        services.AddScoped(p => IFollowsMerge.Rows<TimelineEntry>(p, "premise", 150, e => e.PremiseId, "lines of the timeline"));
    }

    public override void MapApi(RouteGroupBuilder api) => CustomersApi.Map(api);

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/duplicates/export", ExportDuplicates.Download).ExcludeFromDescription();
        routes.MapGet("/flows/export", Flows.ListFlows.Download).ExcludeFromDescription();
        routes.MapGet("/authorisations/export", Authorisations.ListAuthorisations.Download).ExcludeFromDescription();
        routes.MapGet("/customers/{id:long}/looks-report/export", Looks.ReportLooks.Download).ExcludeFromDescription();
        routes.MapGet("/authorisations/{id:long}/files/{fileId:long}", Authorisations.AuthorisationFiles.Download).ExcludeFromDescription();
        routes.MapGet("/admin/customer-files/{id:long}/rejected", Files.RejectedRows.Download).ExcludeFromDescription();
    }
}

internal static class CustomersPermissions
{
    public const string Read = "customers.read";
    public const string Change = "customers.change";
    public const string Identifiers = "customers.identifiers";
    public const string FrontOfficeNotes = "customers.notes.front_office";
    public const string BackOfficeNotes = "customers.notes.back_office";
    public const string FieldNotes = "customers.notes.field";
    public const string Import = "customers.import";
    public const string Alerts = "customers.alerts";
    public const string Warnings = "customers.warnings";
    public const string Authorisations = "customers.authorisations";
    public const string Looks = "customers.looks";
    public const string Merge = "customers.merge";
    public const string Duplicates = "customers.duplicates";

    /// <summary>Sees what is masked without anybody having said who is calling.</summary>
    public const string Unmasked = "customers.unmasked";

    /// <summary>Sees restricted people without a reason.</summary>
    public const string Restricted = "customers.restricted";
    public const string Restrict = "customers.restrict";
    public const string BreakGlass = "customers.break-glass";
    public const string Verify = "customers.verify";
    public const string LetTryAgain = "customers.verify.again";
    public const string Questions = "customers.questions";

    /// <summary>Takes the list of guided flows out of the house.</summary>
    public const string ExportFlows = "customers.flows.export";

    /// <summary>A customer who was taken for dead is alive.</summary>
    public const string UndoDeath = "customers.flows.undo_death";

    public static readonly Permission[] All =
    [
        new(Read, "Find and see people, accounts, premises and their history", Roles.Desk),
        new(Change, "Add and change people, accounts, premises and agreements", Roles.Desk),
        new(Identifiers, "See national ids and other secret numbers in full", Roles.Supervisor, Roles.BackOffice),
        new(FrontOfficeNotes, "Read notes meant for those who speak with customers", Roles.Csr, Roles.Supervisor),
        new(BackOfficeNotes, "Read notes meant for the back office", Roles.BackOffice, Roles.Supervisor),
        new(FieldNotes, "Read notes meant for crews", Roles.Supervisor),
        new(Alerts, "Keep the alerts: what is shown of a customer first, and under which conditions", Roles.BusinessAdministrator),
        new(Warnings, "See and keep warnings for those who go to a person or a premise", Roles.Desk),
        new(Authorisations, "See and export who may act for whom, and which of it ends soon", Roles.BackOffice, Roles.Supervisor),
        new(Looks, "Make the report of who looked at a customer's record", Roles.Supervisor, Roles.BackOffice),
        new(Merge, "Merge two people or premises that are one, and undo it", Roles.Supervisor, Roles.BackOffice),
        new(Duplicates, "See who and what may be on record twice, and say that it is not the same", Roles.Supervisor, Roles.BackOffice),
        new(Unmasked, "See contact data of customers also while nobody has said who is calling", Roles.Supervisor, Roles.BackOffice, Roles.BusinessAdministrator),
        new(Verify, "Make sure who is calling", Roles.Desk),
        new(LetTryAgain, "Let callers try again to show who they are after too many tries failed", Roles.Supervisor),
        new(Restricted, "See restricted customers as all others", Roles.Supervisor, Roles.BusinessAdministrator),
        new(Restrict, "Restrict customers, and lift the restriction", Roles.Supervisor, Roles.BusinessAdministrator),
        new(BreakGlass, "Open a restricted customer for a while, with a reason that supervisors hear of", Roles.Desk),
        new(Questions, "Keep the questions by which callers show who they are", Roles.BusinessAdministrator),
        new(UndoDeath, "Undo a mistaken death, also when everything about it was done", Roles.Supervisor, Roles.BackOffice),
        new(ExportFlows, "Export the list of guided flows", Roles.Supervisor, Roles.BackOffice),
        new(Import, "Import customers from files", Roles.Operator, Roles.BusinessAdministrator, Roles.TechnicalAdministrator),
    ];
}
