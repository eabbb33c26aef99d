using Tieline.Platform.Batch;

namespace Tieline.Correspondence;

/// <summary>What is true of incoming documents.</summary>
internal static class CorrespondenceReferences
{
    public static readonly ReferenceRule[] Rules =
    [
        new(601, "DOCUMENT-CONTACT", "A document that was indexed has become a contact that there is, and no other has.", "incoming_document",
            "(r.state = 'Indexed') <> (r.contact_id is not null) or (r.contact_id is not null and not exists (select 1 from contact c where c.id = r.contact_id))", "'incoming_document:' || r.id"),
        new(602, "DOCUMENT-FILE", "The file of a document is what came in.", "incoming_document",
            "not exists (select 1 from file f where f.id = r.file_id and f.sha256 = r.sha256 and f.length = r.length)", "'incoming_document:' || r.id"),
    ];
}
