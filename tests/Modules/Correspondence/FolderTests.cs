using Microsoft.EntityFrameworkCore;
using Tieline.Correspondence.Incoming;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Correspondence;

public class FolderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Scans_and_faxes_are_taken_in_and_what_is_none_is_rejected_with_the_reason(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var folder = await house.Folder();
        Scans.Put(folder, "a.pdf", Scans.Letter("one"));
        Scans.Put(folder, "b.txt", Scans.Png);
        Scans.Put(Path.Combine(folder, "fax"), "card 4111-1111-1111-1111.pdf", Scans.Letter("two"));
        Scans.Put(folder, "empty.pdf", []);
        Scans.Put(folder, "page.pdf", "<html>%PDF-1.4"u8.ToArray());
        Scans.Put(folder, "programme 4111-1111-1111-1111.png", "MZ\0\0"u8.ToArray());
        Scans.Put(folder, "half.pdf.part", Scans.Letter("three"));
        File.WriteAllBytes(Path.Combine(folder, "written now.pdf"), Scans.Letter("four"));
        File.CreateSymbolicLink(Path.Combine(folder, "link.pdf"), "/etc/passwd");
        Assert.Equal(7, await house.Look());

        Assert.Equal([("a.pdf", ScanKind.Pdf, DocumentSource.Folder), ("b.txt", ScanKind.Png, DocumentSource.Folder), ("card [***1111].pdf", ScanKind.Pdf, DocumentSource.Fax)],
            (await house.Documents()).Select(d => (d.Name, d.Kind, d.Source)).OrderBy(d => d.Name));
        Assert.Equal(["empty.pdf", "empty.pdf.reason.txt", "link.pdf", "link.pdf.reason.txt", "page.pdf", "page.pdf.reason.txt", "programme [xxx1111].png", "programme [xxx1111].png.reason.txt"],
            Directory.GetFiles(Path.Combine(folder, "rejected")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.Contains("whatever its name says", await File.ReadAllTextAsync(Path.Combine(folder, "rejected", "page.pdf.reason.txt"), Token), StringComparison.Ordinal);
        Assert.Equal(["half.pdf.part", "written now.pdf"], Directory.GetFiles(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(folder, "done")).Length);
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(folder, "done")), f => f.Contains("4111", StringComparison.Ordinal));
        Assert.Equal(0, await house.Look());
    }

    [Fact]
    public async Task Files_that_cannot_be_read_do_not_stand_in_front_of_the_others_for_ever()
    {
        await using var house = await TestHouse.Open(TestDatabase.Sqlite);
        var folder = await house.Folder();
        var held = new List<FileStream>();
        for (var i = 0; i < 200; i++)
        {
            Scans.Put(folder, $"held {i}.pdf", Scans.Png);
            File.SetLastWriteTimeUtc(Path.Combine(folder, $"held {i}.pdf"), DateTime.UtcNow.AddHours(-1));
            held.Add(new FileStream(Path.Combine(folder, $"held {i}.pdf"), FileMode.Open, FileAccess.Read, FileShare.None));
        }
        Scans.Put(folder, "new.pdf", Scans.Letter("one"));
        Assert.Equal(1, await house.Look());
        held.ForEach(h => h.Dispose());
    }

    [Theory, BothDatabases]
    public async Task A_scan_of_200_MB_is_refused_without_being_read(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var folder = await house.Folder();
        var path = Path.Combine(folder, "huge.pdf");
        await using (var file = File.Create(path))
        {
            await file.WriteAsync("%PDF-1.7"u8.ToArray(), Token);
            file.SetLength(200L * 1024 * 1024);
        }
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1));
        var before = GC.GetTotalAllocatedBytes();
        await house.Look();
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100L * 1024 * 1024);
        Assert.Empty(await house.Documents());
        Assert.Contains("200.0 MB; at most 25 MB", await File.ReadAllTextAsync(Path.Combine(folder, "rejected", "huge.pdf.reason.txt"), Token), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task The_same_bytes_are_one_document_also_when_it_was_killed_before_they_were_moved(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var folder = await house.Folder();
        var there = await house.Received("same");
        // As after a kill between commit and move: stored, and still in the folder.
        Scans.Put(folder, "left behind.pdf", Scans.Letter("same"));
        Scans.Put(folder, "copy.pdf", Scans.Letter("same"));
        await house.Look();
        Assert.Equal(there, Assert.Single(await house.Documents()).Id);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(folder, "done")).Length);
        var twice = await house.Do<UploadDocuments, UploadDocuments.Input, UploadDocuments.Uploaded>(
            Actors.Of(Roles.BackOffice), new([new("again.pdf", null, Scans.Letter("same")), new("new.pdf", null, Scans.Letter("new"))]));
        Assert.Equal((1, 1), (twice.Value.Ids.Count, twice.Value.AlreadyThere.Count));
        Assert.Equal(2, (await house.Documents()).Count);
    }

    [Theory, BothDatabases]
    public async Task Two_who_bring_the_same_scan_at_once_bring_one(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var brought = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => house.Do<UploadDocuments, UploadDocuments.Input, UploadDocuments.Uploaded>(
            Actors.Of(Roles.BackOffice), new([new("s.pdf", null, Scans.Letter("raced"))])))));
        Assert.Single(await house.Documents());
        Assert.Contains(brought, b => b.Ok && b.Value.Ids.Count == 1);
    }

    [Theory, BothDatabases]
    public async Task The_folder_is_looked_into_again_and_again_and_a_setting_of_nonsense_stops_nothing(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var folder = await house.Folder();
        async Task Remind()
        {
            await using var scope = house.As(Actor.Process("test"));
            await scope.Get<ReadFolder>().Remind(Token);
        }
        Scans.Put(folder, "a.pdf", Scans.Letter("one"));
        house.Clock.Advance(TimeSpan.FromMinutes(2));
        await Remind();
        await Remind();
        await house.RunJobs();
        Assert.Single(await house.Documents());
        Scans.Put(folder, "b.pdf", Scans.Letter("two"));
        house.Clock.Advance(TimeSpan.FromMinutes(2));
        await Remind();
        await Remind();
        await house.RunJobs();
        Assert.Equal(2, (await house.Documents()).Count);
        Directory.Delete(folder, recursive: true);
        house.Clock.Advance(TimeSpan.FromMinutes(2));
        await Remind();
        await Remind();
        await house.RunJobs();
        await using var check = house.As(Roles.Operator);
        Assert.Equal(3, await check.Db.Set<Job>().CountAsync(j => j.Kind == ReadFolder.Kind, Token));
        Assert.Equal(0, await check.Db.Set<Job>().CountAsync(j => j.State == JobState.Dead || j.LastError != null, Token));
    }

    [Theory]
    [InlineData("/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), InlineData("/OpenAction<</S/URI>>"), InlineData("/Names << /J#61vaScript 3 0 R >>"), InlineData("/AA << /O 3 0 R >>")]
    [InlineData("/A << /S /Launch /F (cmd.exe) >>"), InlineData("/Names << /EmbeddedFiles 4 0 R >>"), InlineData("/AcroForm << /XFA 5 0 R >>"), InlineData("/J#53 3 0 R")]
    public void A_PDF_that_would_do_something_is_recognised_packed_or_not(string inside)
    {
        Assert.NotNull(ScanContent.RiskOf(Scans.With(inside)));
        Assert.NotNull(ScanContent.RiskOf(Scans.Packed(inside)));
    }

    [Theory]
    [InlineData("/OpenAction [3 0 R /FitH null]"), InlineData("/JSomething 1"), InlineData("/AAPL:Keywords [ ]"), InlineData("/Title (#)")]
    public void A_PDF_that_only_opens_at_a_page_is_not(string inside) => Assert.Null(ScanContent.RiskOf(Scans.With(inside)));

    [Theory]
    [InlineData("/ObjStm", "/Obj#53tm", "a script"), InlineData("/FlateDecode", "[/ASCIIHexDecode /FlateDecode]", ScanContent.NotLookedThrough)]
    [InlineData("/FlateDecode", "/FlateDecode /DecodeParms << /Predictor 12 >>", ScanContent.NotLookedThrough), InlineData("stream\r\n", "stream\r\nencrypted", ScanContent.NotLookedThrough)]
    [InlineData("%%EOF", "trailer << /Encrypt 9 0 R >> %%EOF", $"a script, {ScanContent.NotLookedThrough}")]
    public void What_is_packed_so_that_nobody_sees_it_is_said(string plain, string hidden, string risk)
    {
        var pdf = System.Text.Encoding.Latin1.GetString(Scans.Packed("/JS 3 0 R"));
        Assert.Equal("a script", ScanContent.RiskOf(System.Text.Encoding.Latin1.GetBytes(pdf)));
        Assert.Equal(risk, ScanContent.RiskOf(System.Text.Encoding.Latin1.GetBytes(pdf.Replace(plain, hidden, StringComparison.Ordinal))));
        Assert.Null(ScanContent.RiskOf(Scans.Packed("/Kids [1 0 R]")));
    }

    [Fact]
    public void A_PDF_that_unpacks_without_end_is_looked_at_only_so_far()
    {
        using var packed = new MemoryStream();
        using (var zip = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var i = 0; i < 512; i++)
                zip.Write(new byte[1024 * 1024]);
        }
        byte[] bomb = [.. "%PDF-1.7\n<< /Type /ObjStm >>\nstream\n"u8, .. packed.ToArray()];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ScanContent.NotLookedThrough, ScanContent.RiskOf(bomb));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256L * 1024 * 1024);
    }
}
