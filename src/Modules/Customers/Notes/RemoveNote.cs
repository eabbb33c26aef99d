using Microsoft.EntityFrameworkCore;
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
        if (note.Subject.Kind == "person")
            await records.Person(note.Subject.Id, ct);
        if (note.Subject.Kind == "account")
            await records.Account(note.Subject.Id, ct);

        db.Expect(note, input.Version);
        note.Remove(db.Now);
        await db.SaveChangesAsync(ct);
        return Done.It;
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
