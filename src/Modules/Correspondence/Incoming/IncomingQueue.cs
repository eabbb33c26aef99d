using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Correspondence.Incoming;

/// <param name="Length">Bytes.</param>
/// <param name="Risk">What the file would do if it were opened by a reader on a desk.</param>
/// <param name="Mine">The one who asks has it in work.</param>
/// <param name="MayOpen">False for what has become the contact of a customer whom the one who asks does not see whole now; then the name of the file is not told either.</param>
internal sealed record DocumentRow(
    long Id, string Reference, string Name, ScanKind Kind, long Length, DocumentSource Source, DateTime ReceivedAt, DocumentState State, string? Why, string? Risk,
    ActorRef? ClaimedBy, DateTime? ClaimedUntilAt, long? ContactId, ActorRef? IndexedBy, DateTime? IndexedAt, int Version, bool Mine, bool MayOpen = true)
{
    public const string NoName = "••••";

    public static DocumentRow Of(IncomingDocument d, ActorRef me, DateTime now) => new(
        d.Id, d.Reference, d.Name, d.Kind, d.Length, d.Source, d.ReceivedAt, d.State == DocumentState.InWork && d.ClaimedUntilAt <= now ? DocumentState.Waiting : d.State, d.Why, d.Risk,
        d.ClaimedBy, d.ClaimedUntilAt, d.ContactId, d.IndexedBy, d.IndexedAt, d.Version, d.IsWith(me, now));

    public static async Task<IReadOnlyList<DocumentRow>> InSight(IReadOnlyList<DocumentRow> rows, IContacts contacts, CancellationToken ct)
    {
        var open = await contacts.FilesOpen([.. rows.Select(r => r.ContactId).OfType<long>()], ct);
        return [.. rows.Select(r => r.ContactId is { } contact && !open.Contains(contact) ? r with { Name = NoName, MayOpen = false } : r)];
    }
}

/// <summary>The history of a scan tells the name of its file to those only whom its page tells it.</summary>
internal sealed class DocumentHistoryWords(AppDb db, IContacts contacts) : IHistoryWords
{
    public string Kind => "incoming_document";

    public async Task<Func<string, string, string>?> For(RecordRef subject, CancellationToken ct) =>
        await db.Set<IncomingDocument>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == subject.Id, ct) is not { } document || await MayOpen(document, contacts, ct) ? null
            : (property, text) => property.Equals(nameof(IncomingDocument.Name), StringComparison.OrdinalIgnoreCase) ? DocumentRow.NoName : text;

    /// <summary>Of what has become a contact, the name of the file is a part of the customer's record.</summary>
    public static async Task<bool> MayOpen(IncomingDocument document, IContacts contacts, CancellationToken ct) =>
        document.ContactId is not { } contact || (await contacts.FilesOpen([contact], ct)).Contains(contact);
}

/// <summary>Incoming documents of a state, the oldest first; those that are done, the newest.</summary>
internal sealed class ListIncoming(AppDb db, CurrentActor actor, IContacts contacts) : IUse<ListIncoming.Input, Page<DocumentRow>>
{
    /// <param name="State">Waiting and in work when left out.</param>
    /// <param name="PageNumber">From 1.</param>
    public sealed record Input(DocumentState? State = null, int? PageNumber = null, int? Size = null);

    public async Task<Outcome<Page<DocumentRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CorrespondencePermissions.Index);
        var documents = db.Set<IncomingDocument>().AsNoTracking()
            .Where(d => input.State == null ? d.State == DocumentState.Waiting || d.State == DocumentState.InWork : d.State == input.State);
        var ordered = input.State == DocumentState.Indexed ? documents.OrderByDescending(d => d.ReceivedAt).ThenByDescending(d => d.Id) : documents.OrderBy(d => d.ReceivedAt).ThenBy(d => d.Id);
        var page = await ordered.PageOf(input.PageNumber, input.Size, ct);
        return new Page<DocumentRow>(await DocumentRow.InSight([.. page.Items.Select(d => DocumentRow.Of(d, actor.Actor.Ref, db.Now))], contacts, ct), Total: page.Total);
    }
}

/// <summary>One of them.</summary>
internal sealed class GetIncoming(AppDb db, CurrentActor actor, IContacts contacts) : IUse<GetIncoming.Input, DocumentRow>
{
    public sealed record Input(long Id);

    public async Task<Outcome<DocumentRow>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CorrespondencePermissions.Index);
        return await db.Set<IncomingDocument>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == input.Id, ct) is { } document
            ? (await DocumentRow.InSight([DocumentRow.Of(document, actor.Actor.Ref, db.Now)], contacts, ct))[0] : Problem.NotFound("The document");
    }
}

/// <summary>Gives each clerk a document of their own: the one they have, else the oldest that nobody has.</summary>
internal sealed class TakeNext(AppDb db, CurrentActor actor) : IUse<TakeNext.Input, TakeNext.Taken>
{
    private const int Offered = 20;

    public sealed record Input;

    /// <param name="Id">Null when nothing waits.</param>
    public sealed record Taken(long? Id);

    public async Task<Outcome<Taken>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CorrespondencePermissions.Index);
        return await db.InTransaction(async () => new Taken(await Next(null, ct)), ct);
    }

    /// <param name="but">Not this one.</param>
    public async Task<long?> Next(long? but, CancellationToken ct)
    {
        var (me, now) = ((ActorRef?)actor.Actor.Ref, db.Now);
        DateTime? until = now + IncomingDocument.ClaimTime;
        var documents = db.Set<IncomingDocument>();
        if (await documents.Where(d => d.State == DocumentState.InWork && d.ClaimedBy == me && d.ClaimedUntilAt > now && d.Id != but).OrderBy(d => d.Id).Select(d => (long?)d.Id).FirstOrDefaultAsync(ct) is { } mine)
            return mine;
        var free = documents.Where(d => d.State == DocumentState.Waiting || (d.State == DocumentState.InWork && d.ClaimedUntilAt <= now));
        while (true)
        {
            var oldest = await free.Where(d => d.Id != but).OrderBy(d => d.ReceivedAt).ThenBy(d => d.Id).Take(Offered).Select(d => new { d.Id, d.Version }).ToListAsync(ct);
            if (oldest.Count == 0)
                return null;
            foreach (var offered in oldest)
            {
                // Whoever changes the row first has it; the others go on to the next one.
                if (await free.Where(d => d.Id == offered.Id && d.Version == offered.Version).ExecuteUpdateAsync(
                    set => set.SetProperty(d => d.State, DocumentState.InWork).SetProperty(d => d.ClaimedBy, me).SetProperty(d => d.ClaimedUntilAt, until)
                        .SetProperty(d => d.Version, offered.Version + 1), ct) == 1)
                    return offered.Id;
            }
        }
    }
}
