using System.IO.Compression;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Tieline.Correspondence.Demo;
using Tieline.Correspondence.Incoming;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Correspondence;

/// <summary>What comes in by post, kind and hostile.</summary>
internal static class Scans
{
    public static byte[] Letter(string text) => CorrespondenceDemo.Page([text]);

    public static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    public static byte[] With(string inside) => Encoding.Latin1.GetBytes($"%PDF-1.7\n1 0 obj\n<< /Type /Catalog {inside} >>\nendobj\n%%EOF\n");

    /// <summary>The same words in a packed object stream.</summary>
    public static byte[] Packed(string inside)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zip.Write(Encoding.Latin1.GetBytes($"5 0 << /S {inside} >>"));
        return [.. "%PDF-1.7\n4 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\r\n"u8, .. packed.ToArray(), .. "\nendstream\nendobj\n%%EOF"u8];
    }

    public static async Task<string> Folder(this TestHouse house)
    {
        var folder = Path.Combine(house.Directory, "incoming");
        Directory.CreateDirectory(folder);
        await using var scope = house.As(Actor.Process("test"));
        await scope.Get<ISettings>().Set(ReadFolder.Folder, folder, CancellationToken.None);
        await scope.Db.SaveChangesAsync();
        return folder;
    }

    public static void Put(string folder, string name, byte[] content)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1));
    }

    public static async Task<int> Look(this TestHouse house)
    {
        await using var scope = house.As(Actor.Process(ReadFolder.Kind));
        return await scope.Get<ReadFolder>().Look(CancellationToken.None);
    }

    public static async Task<List<IncomingDocument>> Documents(this TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        return await scope.Db.Set<IncomingDocument>().AsNoTracking().OrderBy(d => d.Id).ToListAsync();
    }

    public static async Task<long> Received(this TestHouse house, string text, DocumentSource source = DocumentSource.Upload)
    {
        await using var scope = house.As(Actor.Process("test"));
        return (await scope.Get<Inbox>().Take($"{text}.pdf", Letter(text), source, CancellationToken.None)).Value.Id;
    }

    public static async Task<Outcome<TResult>> Do<TUse, TInput, TResult>(this TestHouse house, Actor actor, TInput input) where TUse : class, IUse<TInput, TResult>
    {
        await using var scope = house.As(actor);
        return await scope.Get<TUse>().Handle(input, CancellationToken.None);
    }
}
