using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Demo;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Contacts;

public sealed class ContactsModule : Module
{
    public override string Name => "Contacts";

    public override IEnumerable<Permission> Permissions => ContactsPermissions.All;

    public override void Add(IServiceCollection services)
    {
        services.AddScoped<IContacts, ContactsDoor>();
        services.AddScoped<RecordContact>();
        services.AddScoped<Import.ImportContactRows>();
        services.AddScoped<ReminderBook>();
        services.AddScoped<ReminderResolution>();
        services.AddScoped<ResolveReminder>();
        services.AddScoped<IToDoKind, ReminderToDo>();
        services.AddScoped<IStartStep, ContactsStart>();
        services.AddJob<ReminderDue.Payload, ReminderDue>(ReminderBook.DueJob);
        services.AddBatch<TdCccb>();
        services.AddScoped<IDemoData, Demo.ContactsDemo>();
    }

    public override void MapApi(RouteGroupBuilder api)
    {
        api.MapPostUse<RecordContact, RecordContact.Input, RecordContact.Recorded>("/contacts", 201);
        api.MapPostUse<Import.ImportContactRows, Import.ImportContactRows.Input, Import.ImportContactRows.Imported>("/imports/contacts");
        api.MapUse<ResolveReminder, ResolveReminder.Input, Done>("POST", "/reminders/{id:long}/resolve", (input, route) => input with { Id = route.Id() });
    }
}

internal static class ContactsPermissions
{
    public const string Read = "contacts.read";
    public const string Record = "contacts.record";
    public const string Correct = "contacts.correct";
    public const string Types = "contacts.types";
    public const string Import = "contacts.import";

    public static readonly Permission[] All =
    [
        new(Read, "See contacts", Roles.Desk),
        new(Record, "Record contacts, add to their log, make and keep promises", Roles.Desk),
        new(Correct, "Correct contacts, and move those recorded on the wrong person", Roles.Desk),
        new(Types, "Keep contact classes and types", Roles.BusinessAdministrator),
        new(Import, "Import contacts from files", Roles.BusinessAdministrator, Roles.TechnicalAdministrator),
    ];
}
