using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Reasons;

namespace Tieline.Correspondence.Incoming;

/// <summary>How a scan came in, and what became of it.</summary>
internal sealed class WhyDocument(AppDb db, IContacts contacts) : ITellsWhy
{
    public string Kind => "incoming_document";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<IncomingDocument>().AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct) is not { } document)
            return null;
        var open = await DocumentHistoryWords.MayOpen(document, contacts, ct);
        return new Told
        {
            Detail = open ? $"{document.Reference} ({document.Name})" : document.Reference, Verb = "took in", At = document.ReceivedAt,
            Remarks =
            [
                new Remark(document.Source switch { DocumentSource.Upload => "Somebody uploaded it", DocumentSource.Fax => "It came by fax", _ => "It lay in the folder for scans" }),
                .. document.IndexedAt is { } at ? (Remark[])[new Remark($"{document.IndexedBy?.Name} made a contact of it", at, document.ContactId is { } contact ? $"/contacts/{contact}" : null)] : [],
            ],
        };
    }
}
