using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Files;
using Tieline.Platform.Live;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Correspondence.Incoming;

/// <summary>Makes a contact of a document, with the scan attached, and gives the clerk the next one.</summary>
internal sealed class IndexDocument(AppDb db, IContacts contacts, IFiles files, TakeNext next, ILive live, CurrentActor actor) : IUse<IndexDocument.Input, IndexDocument.Indexed>
{
    /// <param name="Comment">What it says, in a few words; what kind of paper it is when left out.</param>
    /// <param name="Version">As it was read.</param>
    public sealed record Input(
        long Id, long? TypeId, long? PersonId = null, long? AccountId = null, long? PremiseId = null, string? Comment = null,
        IReadOnlyDictionary<string, string>? Characteristics = null, int Version = 0);

    /// <param name="NextId">What the clerk has in work now; null when nothing waits.</param>
    public sealed record Indexed(long ContactId, long? NextId);

    public async Task<Outcome<Indexed>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CorrespondencePermissions.Index);
        return await db.InTransaction<Outcome<Indexed>>(async () =>
        {
            await db.Hold("incoming_document", [input.Id], ct);
            if (await db.Set<IncomingDocument>().SingleOrDefaultAsync(d => d.Id == input.Id, ct) is not { } document)
                return Problem.NotFound("The document");
            if (document.RefusalFor(actor.Actor.Ref, db.Now, input.Version) is { } taken)
                return taken;
            var fax = document.Source == DocumentSource.Fax;
            var recorded = await contacts.Record(
                new NewContact(
                    "", fax ? "Fax" : "Letter", string.IsNullOrWhiteSpace(input.Comment) ? $"{(fax ? "Fax" : "Letter")} {document.Reference}" : input.Comment,
                    input.PersonId, input.AccountId, input.PremiseId, "Inbound", document.ReceivedAt, input.Characteristics, TypeId: input.TypeId), ct);
            if (!recorded.Ok)
                return Outcome<Indexed>.Broken(recorded.Problems);
            document.Index(recorded.Value, actor.Actor.Ref, db.Now);
            await files.MoveTo(document.FileId, new RecordRef("contact", recorded.Value), ct);
            await live.Tell(Inbox.Topic, null, ct);
            await db.SaveChangesAsync(ct);
            return new Indexed(recorded.Value, await next.Next(document.Id, ct));
        }, ct, o => o.Ok);
    }
}

/// <summary>Takes a document out of the queue that cannot become a contact now, and says why.</summary>
internal sealed class SetDocumentAside(AppDb db, TakeNext next, ILive live, CurrentActor actor) : IUse<SetDocumentAside.Input, SetDocumentAside.Aside>
{
    public sealed record Input(long Id, string? Why, int Version = 0);

    /// <param name="NextId">What the clerk has in work now; null when nothing waits.</param>
    public sealed record Aside(long? NextId);

    public async Task<Outcome<Aside>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CorrespondencePermissions.Index);
        return await db.InTransaction<Outcome<Aside>>(async () =>
        {
            await db.Hold("incoming_document", [input.Id], ct);
            if (await db.Set<IncomingDocument>().SingleOrDefaultAsync(d => d.Id == input.Id, ct) is not { } document)
                return Problem.NotFound("The document");
            if (document.RefusalFor(actor.Actor.Ref, db.Now, input.Version) is { } taken)
                return taken;
            var problems = new Problems();
            var why = problems.Text(nameof(Input.Why), "Why", input.Why, 300);
            if (problems.Any)
                return problems;
            document.SetAside(why);
            await live.Tell(Inbox.Topic, null, ct);
            await db.SaveChangesAsync(ct);
            return new Aside(await next.Next(document.Id, ct));
        }, ct, o => o.Ok);
    }
}

/// <summary>
/// Takes a document back into work that was set aside, or that became a contact by mistake: the scan leaves that contact, and the contact leaves the customer. One
/// of which something has come stays where it is, and says in its log that the scan has gone.
/// </summary>
internal sealed class ReopenDocument(AppDb db, IContacts contacts, IFiles files, ILive live, CurrentActor actor) : IUse<ReopenDocument.Input, ReopenDocument.Reopened>
{
    public sealed record Input(long Id);

    /// <param name="ContactStays">Why the contact was not taken back with the scan; null when it was, or when there was none.</param>
    public sealed record Reopened(string? ContactStays)
    {
        public string Text => ContactStays is null ? "Taken back" : $"The scan is taken back. {ContactStays}";
    }

    public async Task<Outcome<Reopened>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CorrespondencePermissions.Index);
        return await db.InTransaction<Outcome<Reopened>>(async () =>
        {
            await db.Hold("incoming_document", [input.Id], ct);
            if (await db.Set<IncomingDocument>().SingleOrDefaultAsync(d => d.Id == input.Id, ct) is not { } document)
                return Problem.NotFound("The document");
            if (document.IsWithAnother(actor.Actor.Ref, db.Now))
                return Problem.Conflict($"{document.ClaimedBy?.Name} has it in work.");
            Problem? stays = null;
            if (document is { State: DocumentState.Indexed, ContactId: { } contact })
            {
                // Taken back it would lie before everybody who indexes.
                if (!(await contacts.FilesOpen([contact], ct)).Contains(contact))
                    throw new ForbiddenException(CorrespondencePermissions.SeeCustomers);
                var words = $"The scan {document.Reference} was taken back: it had been filed here by mistake.";
                stays = await contacts.TakeBack(contact, words, ct);
                if (stays is not null && await contacts.Say(contact, words, ct) is { Ok: false } refused)
                    return Outcome<Reopened>.Broken(refused.Problems);
                await files.MoveTo(document.FileId, document.AuditSubject, ct);
            }
            document.Claim(actor.Actor.Ref, db.Now);
            await live.Tell(Inbox.Topic, null, ct);
            await db.SaveChangesAsync(ct);
            return new Reopened(stays?.Message);
        }, ct, o => o.Ok);
    }
}
