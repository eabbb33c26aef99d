using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Export;

/// <summary>A list that leaves the house as CSV for spreadsheets: UTF-8 with a mark, each cell as <see cref="CsvCell"/> has it. Written while it is read.</summary>
public sealed class CsvDownload : IAsyncDisposable
{
    private readonly StreamWriter writer;
    private readonly AppDb db;

    private CsvDownload(HttpContext http)
    {
        writer = new StreamWriter(http.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        db = http.RequestServices.GetRequiredService<AppDb>();
    }

    /// <summary>Whoever begins has asked for the rights and kept that there is an export: from here on rows leave.</summary>
    public static async Task<CsvDownload> Begin(HttpContext http, string fileName, params string[] heads)
    {
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename={fileName}";
        http.Response.Headers.CacheControl = "private, no-store";
        var download = new CsvDownload(http);
        await download.Row(heads);
        return download;
    }

    public Task Row(params string?[] cells) => writer.WriteAsync(string.Join(',', cells.Select(CsvCell.Of)) + "\r\n");

    /// <summary>All pages of a list, each of which goes out before the next is read.</summary>
    /// <param name="read">The page behind a cursor; the first one for null.</param>
    /// <param name="write">Its rows, one by one.</param>
    public async Task Pages<T>(Func<string?, Task<Page<T>>> read, Func<T, Task> write, CancellationToken ct)
    {
        string? after = null;
        do
        {
            var page = await read(after);
            foreach (var item in page.Items)
                await write(item);
            await Flush(ct);
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>What was written so far goes out, however slow the line, and meanwhile others have the connection.</summary>
    public async Task Flush(CancellationToken ct)
    {
        await db.GiveBack();
        await writer.FlushAsync(ct);
    }

    public ValueTask DisposeAsync() => writer.DisposeAsync();
}
