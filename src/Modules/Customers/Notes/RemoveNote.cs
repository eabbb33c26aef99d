using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Notes;

/// <summary>Takes a note away from view; the audit keeps it. Only those who may read it can.</summary>
internal sealed class RemoveNote(AppDb db, CurrentActor actor, NoteReader reader, RecordsInSight records) : IUse<RemoveNote.Input, Done>
{
    public sealed record Input(long Id, int Version);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        if (await db.Set<Note>().SingleOrDefaultAsync(n => n.Id == input.Id && n.RemovedAt == null, ct) is not { } note || !reader.May(note.Audience, note.Author))
            return Problem.NotFound("The note");
        if (await Unseen(note, ct) is { } unseen)
            return unseen;

        db.Expect(note, input.Version);
        note.Remove(db.Now);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }

    // A note may guard the customer: a colleague's is not taken away because an unknown caller asks for it.
    private async Task<Problem?> Unseen(Note note, CancellationToken ct)
    {
        var mine = note.Author.Is(actor.Actor);
        if (note.Subject.Kind == "person")
        {
            if (!mine)
                return await records.Seen(note.Subject.Id, AuthorisationScope.Changes, ct);
            await records.OwnWordsAbout(note.Subject.Id, ct);
        }
        if (note.Subject.Kind == "account")
        {
            if (!mine)
                return (await records.Account(note.Subject.Id, AuthorisationScope.Changes, ct)).Problems.FirstOrDefault();
            await records.OwnWordsAboutAccount(note.Subject.Id, ct);
        }
        return null;
    }
}

/// <summary>Which notes the actor may read: those for everyone, those for an audience they belong to, and their own.</summary>
internal sealed class NoteReader(CurrentActor actor)
{
    public bool May(NoteAudience audience, ActorRef author) => author.Is(actor.Actor) || audience switch
    {
        NoteAudience.FrontOffice => actor.Actor.May(CustomersPermissions.FrontOfficeNotes),
        NoteAudience.BackOffice => actor.Actor.May(CustomersPermissions.BackOfficeNotes),
        NoteAudience.Field => actor.Actor.May(CustomersPermissions.FieldNotes),
        _ => true,
    };
}
