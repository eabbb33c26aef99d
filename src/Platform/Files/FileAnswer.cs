using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Tieline.Platform.Files;

/// <summary>Hands out an attached file. Never shown by the browser in our name: it is saved, whatever it claims to be.</summary>
public static class FileAnswer
{
    /// <param name="copy">Writes the file with an id.</param>
    /// <param name="mediaType">For a page that shows a picture; of a kind that was looked at, never what somebody says it is.</param>
    public static IResult Of(HttpContext http, FileLine file, Func<long, Stream, CancellationToken, Task> copy, string mediaType = "application/octet-stream")
    {
        var headers = http.Response.Headers;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(file.Name);
        headers.ContentDisposition = disposition.ToString();
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "private, no-store";
        headers.ContentLength = file.Length;
        return Results.Stream(target => copy(file.Id, target, http.RequestAborted), mediaType);
    }
}
