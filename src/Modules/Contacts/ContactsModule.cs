using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Reasons;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Files;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Tours;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Contacts;

public sealed class ContactsModule : Module
{
    public override string Name => "Contacts";

    public override IEnumerable<Permission> Permissions => ContactsPermissions.All;

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("Contacts", "/contacts", "message-2", 300, ContactsPermissions.Read, Key: "c"),
        new("Calls", "/interactions", "headset", 290, ContactsPermissions.Record, Key: "i"),
        new("Promises", "/reminders", "calendar-due", 310, ContactsPermissions.Read, Key: "p"),
        new("Record a contact", "/contacts/record", "plus", 0, ContactsPermissions.Record, Group: MenuEntry.Bar),
        new("Emergency", "/contacts/emergency", "ambulance", 0, ContactsPermissions.Record, Group: MenuEntry.Bar),
        new("Contact types", "/admin/contact-types", "tags", 840, ContactsPermissions.Types, Group: "Admin"),
        new("Wrap-up codes", "/admin/wrap-up-codes", "circle-check", 845, ContactsPermissions.Types, Group: "Admin"),
    ];

    public override IEnumerable<ISettingKey> Settings => [TdCccb.DefaultLeadDays, Repeats.Days, Emergency.EmergencyDesk.SamePlaceMinutes];

    public override IEnumerable<string> Sheets => ["_content/Tieline.Contacts/contacts.css", "_content/Tieline.Contacts/practice.css"];

    public override IEnumerable<string> Scripts => ["_content/Tieline.Contacts/contacts.js", "_content/Tieline.Contacts/practice.js"];

    public override void Add(IServiceCollection services)
    {
        services.AddReferenceRules(ContactReferences.Rules);
        services.AddScoped<IContacts, ContactsDoor>();
        services.AddSingleton(new Tieline.Platform.Audit.HistoryRight("contact", ContactsPermissions.Read));
        services.AddSingleton<Customers.ITimelineKind>(new ToldByContacts("contact"));
        services.AddSingleton<Customers.ITimelineKind>(new ToldByContacts("reminder"));
        services.AddReasons();
        services.AddTourFact("contacts.recorded", (db, who, since, ct) => db.Set<Contact>().AnyAsync(c => c.RecordedByEmployeeId == who.Id && c.OccurredAt >= since.AddDays(-1) && c.RecordedAt >= since, ct));
        services.AddTourFact("contacts.promised", (db, who, since, ct) => db.Set<Contact>().AnyAsync(
            c => c.RecordedByEmployeeId == who.Id && c.OccurredAt >= since.AddDays(-1) && c.RecordedAt >= since && db.Set<Reminder>().Any(r => r.ContactId == c.Id), ct));
        services.AddTourFact("interactions.parked", (db, who, since, ct) => db.Set<Interaction>().AnyAsync(
            i => i.EmployeeId == who.Id && i.StartedAt >= since && db.Set<InteractionLog>().Any(l => l.InteractionId == i.Id && l.Step == InteractionStep.Parked), ct));
        services.AddInteractions();
        services.AddScoped<ContactBook>();
        services.AddSingleton<Customers.IAlert, Alerts.OpenContactAlert>();
        services.AddSingleton<Customers.IAlert, Alerts.ContactCountAlert>();
        services.AddScoped<ContactsInSight>();
        services.AddScoped<Tieline.Platform.Audit.IHistoryWords, ContactHistoryWords>();
        services.AddReferenceCache(KnownTypes.Read);
        services.AddScoped<FoundType>();
        services.AddScoped<TypeRules>();
        services.AddScoped<Emergency.EmergencyDesk>();
        services.AddSingleton<IToDoMessages, Emergency.EmergencyWork>();
        services.AddScoped<ContactFiles>();
        services.AddScoped<TakeBackContact>();
        services.AddScoped<ExportContacts>();
        services.AddScoped<RecordPartsReader>();
        services.AddScoped<PlacesSent>();
        services.AddScoped<Platform.Search.IFindByReference, ContactByReference>();
        services.AddScoped<ReminderBook>();
        services.AddScoped<ReminderResolution>();
        services.AddScoped<IToDoKind, ReminderToDo>();
        services.AddScoped<IToDoContacts, ContactsOfToDos>();
        services.AddScoped<IStartStep, ContactsStart>();
        services.AddJob<ReminderDue.Payload, ReminderDue>(ReminderBook.DueJob);
        services.AddBatch<TdCccb>();
        services.AddScoped<IDemoData, Demo.ContactsDemo>();
        services.AddScoped<IPracticeCalls, Practice.PracticeDoor>();
        services.AddScoped<Practice.PracticeDesk>();
        services.AddScoped<Practice.PracticeReader>();
        services.AddScoped<Practice.PracticeResults>();
        services.AddScoped<IUsedBy, UsedContactClass>();
        services.AddScoped<IUsedBy, UsedContactType>();
        services.AddScoped<IUsedBy, RolesUsedByTypes>();
        services.AddConfigured<ConfiguredClasses>();
        services.AddConfigured<ConfiguredTypes>();
        services.AddScoped(p => Customers.IFollowsMerge.Rows<Contact>(p, "person", 10, c => c.PersonId, "contacts"));
        services.AddScoped(p => Customers.IFollowsMerge.Rows<Interactions.Interaction>(p, "person", 5, i => i.PersonId, "calls and visits"));
        services.AddScoped(p => Customers.IFollowsMerge.Rows<Interactions.InteractionDraft>(p, "person", 6, d => d.PersonId, "drafts"));
        services.AddScoped(p => Customers.IFollowsMerge.Rows<Practice.PracticeCall>(p, "person", 7, c => c.PersonId, "practice calls"));
        services.AddScoped(p => Customers.IFollowsMerge.Rows<Contact>(p, "premise", 10, c => c.PremiseId, "contacts"));
    }

    public override void MapApi(RouteGroupBuilder api)
    {
        MapContacts(api);
        MapReminders(api);
        MapTypes(api);
        api.MapInteractions();
        api.MapPostUse<Import.ImportContactRows, Import.ImportContactRows.Input, Import.ImportContactRows.Imported>("/imports/contacts");
    }

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/contacts/{id:long}/files/{fileId:long}", ContactFiles.Download).ExcludeFromDescription();
        routes.MapGet("/contacts/export", ExportContacts.Download).ExcludeFromDescription();
        routes.MapExports();
    }

    private static void MapContacts(RouteGroupBuilder api)
    {
        // Files travel inside the JSON.
        var large = new RequestSizeLimitAttribute(Attachments.MostBytesOnTheWire);
        api.MapGetUse<ListContacts, ListContacts.Input, Page<ContactRow>>("/contacts");
        api.MapGetUse<GetContact, GetContact.Input, GetContact.File>("/contacts/{id:long}");
        api.MapGetUse<ContactHistory, ContactHistory.Input, ContactHistory.Story>("/contacts/{id:long}/history");
        api.MapGet("/contacts/{id:long}/files/{fileId:long}", ContactFiles.Download);
        api.MapPostUse<RecordContact, RecordContact.Input, RecordContact.Recorded>("/contacts", 201).WithMetadata(large);
        api.MapUse<AddLogEntry, AddLogEntry.Input, AddLogEntry.Logged>("POST", "/contacts/{id:long}/log", (input, route) => input with { Id = route.Id() }).WithMetadata(large);
        api.MapUse<AddReminder, AddReminder.Input, AddLogEntry.Logged>("POST", "/contacts/{id:long}/reminders", (input, route) => input with { Id = route.Id() });
        api.MapUse<CloseContact, CloseContact.Input, Done>("POST", "/contacts/{id:long}/close", (input, route) => input with { Id = route.Id() });
        api.MapUse<ReopenContact, ReopenContact.Input, Done>("POST", "/contacts/{id:long}/reopen", (input, route) => input with { Id = route.Id() });
        api.MapUse<CorrectContact, CorrectContact.Input, CorrectContact.Corrected>("POST", "/contacts/{id:long}/correct", (input, route) => input with { Id = route.Id() });
        api.MapUse<MoveContact, MoveContact.Input, Done>("POST", "/contacts/{id:long}/move", (input, route) => input with { Id = route.Id() });
        api.MapUse<AttachContact, AttachContact.Input, Done>("POST", "/contacts/{id:long}/attach", (input, route) => input with { Id = route.Id() });
    }

    private static void MapReminders(RouteGroupBuilder api)
    {
        api.MapGetUse<ListReminders, ListReminders.Input, Page<PromiseRow>>("/reminders");
        api.MapGetUse<ReadReminder, ReadReminder.Input, ReadReminder.Line>("/reminders/{id:long}");
        api.MapUse<ResolveReminder, ResolveReminder.Input, Done>("POST", "/reminders/{id:long}/resolve", (input, route) => input with { Id = route.Id() });
        api.MapUse<MoveReminder, MoveReminder.Input, MoveReminder.Moved>("POST", "/reminders/{id:long}/move", (input, route) => input with { Id = route.Id() });
        api.MapUse<WithdrawReminder, WithdrawReminder.Input, Done>("POST", "/reminders/{id:long}/withdraw", (input, route) => input with { Id = route.Id() });
    }

    private static void MapTypes(RouteGroupBuilder api)
    {
        api.MapGetUse<ListContactClasses, ListContactClasses.Input, Page<ClassRow>>("/contact-classes");
        api.MapGetUse<GetContactClass, GetContactClass.Input, ClassRow>("/contact-classes/{id:long}");
        api.MapPostUse<AddContactClass, AddContactClass.Input, Added>("/contact-classes", 201);
        api.MapPutUse<ChangeContactClass, ChangeContactClass.Input>("/contact-classes/{id:long}", (input, id) => input with { Id = id });
        api.MapGetUse<ListContactTypes, ListContactTypes.Input, Page<TypeRow>>("/contact-types");
        api.MapGetUse<FindContactTypes, FindContactTypes.Input, IReadOnlyList<OfferedType>>("/contact-types/find");
        api.MapGetUse<GetContactType, GetContactType.Input, GetContactType.File>("/contact-types/{id:long}");
        api.MapPostUse<AddContactType, AddContactType.Input, Added>("/contact-types", 201);
        api.MapPutUse<ChangeContactType, ChangeContactType.Input>("/contact-types/{id:long}", (input, id) => input with { Id = id });
        api.MapUse<EndContactType, EndContactType.Input, Done>("POST", "/contact-types/{id:long}/end", (input, route) => input with { Id = route.Id() });
    }
}

internal static class ContactsPermissions
{
    public const string Read = "contacts.read";
    public const string Record = "contacts.record";
    public const string Correct = "contacts.correct";
    public const string Types = "contacts.types";
    public const string Import = "contacts.import";
    public const string Export = "contacts.export";
    public const string Supervise = "contacts.supervise";

    /// <summary>Rights of the rooms below.</summary>
    public const string WorkOnToDos = "todos.work";
    public const string ReadCustomers = "customers.read";
    public const string SeeRestricted = "customers.restricted";
    public const string SeeUnmasked = "customers.unmasked";

    /// <summary>On whose record a contact stood before is for those who correct such things and may see that record.</summary>
    public static bool MaySeeWhereItStood(CurrentActor actor) => actor.May(Correct) && actor.May(ReadCustomers);

    public static readonly Permission[] All =
    [
        new(Read, "See contacts", Roles.Desk),
        new(Record, "Record contacts, add to their log, make and keep promises", Roles.Desk),
        new(Correct, "Correct contacts, and move those recorded on the wrong person", Roles.Desk),
        new(Types, "Keep contact classes and types", Roles.BusinessAdministrator),
        new(Supervise, "See everyone's calls and their figures, and end what was forgotten", Roles.Supervisor),
        new(Export, "Take lists of contacts out of the house as files", Roles.Supervisor, Roles.BusinessAdministrator),
        new(Import, "Import contacts from files", Roles.Operator, Roles.BusinessAdministrator, Roles.TechnicalAdministrator),
    ];
}

/// <summary>What contacts tell the timeline is for those who may read contacts.</summary>
internal sealed record ToldByContacts(string Kind) : Customers.ITimelineKind
{
    public string Permission => ContactsPermissions.Read;
}
