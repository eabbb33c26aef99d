using Microsoft.AspNetCore.Http;

namespace Tieline.Contacts.Records;

/// <summary>The places to offer on a form that was sent and came back with problems, or on one just opened.</summary>
internal sealed class PlacesSent(RecordPartsReader reader)
{
    public Task<RecordPartsFound> Read(HttpContext http, long? typeId, long? personId, long? accountId, long? premiseId, CancellationToken ct) =>
        reader.Read(typeId, Number(http, "PersonId") ?? personId, Number(http, "AccountId") ?? accountId, Number(http, "PremiseId") ?? premiseId, ct);

    /// <returns>Null when nothing was sent under that name.</returns>
    public static long? Number(HttpContext http, string field) =>
        HttpMethods.IsPost(http.Request.Method) && http.Request.HasFormContentType && long.TryParse(http.Request.Form[field], out var value) ? value : null;
}
