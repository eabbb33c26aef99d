using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Reasons;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;

namespace Tieline.Contacts.Reasons;

/// <summary>Why contacts, promises and calls are there.</summary>
internal static class ContactReasons
{
    public static void AddReasons(this IServiceCollection services)
    {
        foreach (var page in (RecordPage[])
            [
                new("contact", "contact", "/contacts/{0}", ContactsPermissions.Read),
                new("reminder", "promise", null, ContactsPermissions.Read),
                new("interaction", "call, visit or chat", null, ContactsPermissions.Read),
                new("contact_type", "contact type", "/admin/contact-types/{0}", ContactsPermissions.Types),
                new("contact_class", "contact class", "/admin/contact-classes/{0}", ContactsPermissions.Types),
                new("wrap_up_code", "wrap-up code", "/admin/wrap-up-codes/{0}", ContactsPermissions.Types),
            ])
            services.AddSingleton(page);
        services.AddScoped<ITellsWhy, WhyContact>();
        services.AddScoped<ITellsWhy, WhyPromise>();
        services.AddScoped<ITellsWhy, WhyInteraction>();
    }
}

internal sealed class WhyContact(AppDb db, ContactsInSight sight) : ITellsWhy
{
    public string Kind => "contact";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<Contact>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, ct) is not { } contact)
            return null;
        if ((await sight.Of(contact, ct)).IsClosed)
            return Told.Hidden;
        var type = await db.Set<ContactType>().Where(t => t.Id == contact.TypeId).Select(t => t.Name).SingleAsync(ct);
        var leads = new List<Lead>();
        if (contact.InteractionId is { } interaction)
            leads.Add(new Lead("in one conversation", new RecordRef("interaction", interaction)));
        if (contact.SameAsId is { } first)
            leads.Add(new Lead("a further report of the same", new RecordRef("contact", first)));
        return new Told
        {
            Detail = $"{contact.Reference} ({type})", Verb = "recorded", By = contact.RecordedBy, At = contact.RecordedAt,
            Customer = contact.PersonId is { } person ? new RecordRef("person", person) : contact.AuditSubject, Leads = leads,
            Remarks = contact.Source is { } source ? [new Remark($"It came from {source}, where it is known as {contact.ExternalKey}")] : [],
        };
    }
}

internal sealed class WhyPromise(AppDb db, ContactsInSight sight) : ITellsWhy
{
    public string Kind => "reminder";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<Reminder>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct) is not { } reminder)
            return null;
        var contact = await db.Set<Contact>().AsNoTracking().SingleAsync(c => c.Id == reminder.ContactId, ct);
        if ((await sight.Of(contact, ct)).IsClosed)
            return Told.Hidden;
        var log = await db.Set<ContactLog>().AsNoTracking().SingleOrDefaultAsync(l => l.Id == reminder.LogId, ct);
        return new Told
        {
            Detail = $"for {ReminderBook.Words(reminder)}", Verb = "made the", By = log?.Author, At = log?.At, PartOf = reminder.AuditSubject, Href = $"/contacts/{contact.Id}",
            Customer = contact.PersonId is { } person ? new RecordRef("person", person) : contact.AuditSubject, Leads = [new Lead("with a contact", contact.AuditSubject)],
            Remarks = reminder.ResolvedAt is { } at ? [new Remark($"{reminder.ResolvedBy?.Name} {(reminder.State == ReminderState.Resolved ? "kept" : "withdrew")} it", at)] : [],
        };
    }
}

internal sealed class WhyInteraction(AppDb db, InteractionDesk desk) : ITellsWhy
{
    public string Kind => "interaction";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<Interaction>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, ct) is not { } interaction)
            return null;
        var first = await db.Set<InteractionLog>().AsNoTracking().Where(l => l.InteractionId == id).OrderBy(l => l.Id).FirstOrDefaultAsync(ct);
        return new Told
        {
            Detail = $"{interaction.Reference} ({Words.Of(interaction.Channel).ToLowerInvariant()})", Verb = "began the", At = interaction.StartedAt,
            By = first?.Author ?? new ActorRef(ActorKind.Employee, interaction.EmployeeId, interaction.Employee), Href = desk.IsTheirs(interaction) ? $"/interactions/{id}" : null,
            Remarks = interaction.EndedAt is { } at ? [new Remark("It ended", at)] : [],
        };
    }
}
