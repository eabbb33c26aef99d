using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>Opens a closed contact again, with the reason.</summary>
internal sealed class ReopenContact(AppDb db, CurrentActor actor, ContactBook book, IEvents events) : IUse<ReopenContact.Input, Done>
{
    public sealed record Input(long Id, int Version, string? Reason);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        if (await book.Find(input.Id, ct) is not { } contact)
            return ContactBook.NotThere;
        if (await book.Contested(contact, input.Version, ct) is { } contested)
            return contested;
        if (contact.Status == ContactStatus.Open)
            return Problem.Conflict("This contact is open already.");
        var problems = new Problems();
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, 2_000);
        if (problems.Any)
            return problems;

        contact.Open();
        book.Log(contact, LogKind.Reopened, reason);
        await book.Retell(contact, await book.TypeOf(contact, ct), ct);
        await events.Publish(new ContactReopened(contact.Id), ct, contact.AuditSubject);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
