using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Contacts.Records;

/// <summary>Gives a contact of a premise only, or of nobody yet, to whom it belongs. What it names already stays; mending that is <see cref="MoveContact"/>.</summary>
internal sealed class AttachContact(AppDb db, CurrentActor actor, ContactBook book, ICustomers customers, IToDos toDos, IEvents events, ContactsInSight sight) : IUse<AttachContact.Input, Done>
{
    public sealed record Input(long Id, int Version, long? PersonId, long? AccountId = null, long? PremiseId = null, string? Comment = null);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        return db.InTransaction(() => Attach(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Done>> Attach(Input input, CancellationToken ct)
    {
        // Before the contact itself: a merge takes people and premises first, too.
        var before = await db.Set<Contact>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == input.Id, ct);
        var together = await customers.CheckTogether(before?.PersonId ?? input.PersonId, before?.AccountId ?? input.AccountId, before?.PremiseId ?? input.PremiseId, ct);
        if (await book.Hold(input.Id, ct) is not { } contact)
            return ContactBook.NotThere;
        if (await book.Contested(contact, input.Version, ct) is { } contested)
            return contested;
        if (await sight.Movable(contact, actor.Actor.Ref, ct) is { } masked)
            return masked;
        var problems = new Problems();
        var comment = problems.Lines(nameof(Input.Comment), "Comment", input.Comment, 2_000, required: false);
        var (person, account, premise) = (contact.PersonId ?? input.PersonId, contact.AccountId ?? input.AccountId, contact.PremiseId ?? input.PremiseId);
        if (contact.PersonId is { } named && input.PersonId is { } other && named != other)
            problems.Add(nameof(Input.PersonId), "The contact names another person already. If that is wrong, move it.", "contact.attach.taken");
        if (contact.AccountId is { } billed && input.AccountId is { } elsewhere && billed != elsewhere)
            problems.Add(nameof(Input.AccountId), "The contact names another account already. If that is wrong, move it.", "contact.attach.taken");
        if (contact.PremiseId is { } place && input.PremiseId is { } away && place != away)
            problems.Add(nameof(Input.PremiseId), "The contact names another premise already. If that is wrong, move it.", "contact.attach.taken");
        var type = await book.TypeOf(contact, ct);
        problems.List.AddRange(LinkRules.Check(type, person, account, premise, contact.Place is not null));
        if (!problems.Any && (person, account, premise) == (contact.PersonId, contact.AccountId, contact.PremiseId))
            problems.Add(nameof(Input.PersonId), "To whom? Name a person, an account or a premise.", "contact.attach.nothing");
        if (!problems.Any)
            problems.List.AddRange(together.Problems);
        if (problems.Any)
            return problems;
        if (before is null || before.Version != contact.Version)
            return Problem.Conflict("Someone has changed this contact in the meantime. What you typed is still here: look at the contact, then save again.");
        (person, account, premise) = (together.Value.PersonId, together.Value.AccountId, together.Value.PremiseId);

        var added = ContactBook.Belongings(
            contact.PersonId is null ? person : null, contact.AccountId is null ? account : null, contact.PremiseId is null ? premise : null);
        contact.BelongTo(person, account, premise);
        book.Log(contact, LogKind.Attached, comment.Length > 0 ? comment : "Attached.", added);
        await book.Retell(contact, type, ct);
        await toDos.ContactMoved(contact.Id, person, account, premise, ct);
        await events.Publish(new ContactAttached(contact.Id, person, account, premise), ct, contact.AuditSubject);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}
