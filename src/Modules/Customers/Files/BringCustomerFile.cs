using System.Buffers;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Import;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Files;
using Tieline.Platform.Import;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Files;

/// <summary>Opens a brought file for reading.</summary>
internal sealed class FileReader(IFiles files)
{
    public const string SayHow = "bring the file again, and choose its encoding (Windows-1252, for example)";

    /// <summary>The file as CSV, from a temporary copy that is gone when it is disposed.</summary>
    /// <exception cref="InvalidDataException">It is no CSV.</exception>
    public async Task<CsvSource> Open(long id, CancellationToken ct)
    {
        var stored = (await files.Of(new RecordRef("customer_file", id), ct))[0];
        var copy = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            await files.CopyTo(stored.Id, copy, ct);
            copy.Position = 0;
            return new CsvSource(copy, sayHow: SayHow);
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }
}

internal enum FileEncoding { Utf8, Windows1252, Utf16 }

/// <summary>Brings a CSV file of customers here to be looked at. Nobody is imported yet.</summary>
internal sealed class BringCustomerFile(AppDb db, CurrentActor actor, IFiles files) : IUse<BringCustomerFile.Input, BringCustomerFile.Brought>
{
    /// <param name="Encoding">Found out when null. Whatever it is, the file is kept as UTF-8.</param>
    public sealed record Input(string? Name, byte[]? Content, FileEncoding? Encoding = null);

    /// <param name="Said">What was found out of the file, and may be wrong.</param>
    public sealed record Brought(long Id, string? Said);

    public async Task<Outcome<Brought>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Import);
        var problems = new Problems();
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 200);
        var (content, said) = AsUtf8(input.Content ?? [], input.Encoding);
        if (content.Length == 0)
            problems.List.Add(Problem.Required(nameof(Input.Content), "The file"));
        else if (content.Length > IFiles.MaxBytes)
            problems.Add(nameof(Input.Content), $"Files of more than {IFiles.MaxBytes / 1024 / 1024} MB{(input.Content!.Length > IFiles.MaxBytes ? "" : " as UTF-8")} come in by ./tieline import customers, which takes any size.", "file.too_large");
        else if (Unreadable(content) is { } reason)
            problems.Add(nameof(Input.Content), reason, "customer_file.unreadable");
        if (problems.Any)
            return problems;
        var file = new CustomerFile { Id = db.NextId(), Name = name, BroughtBy = actor.Actor.Ref, BroughtAt = db.Now };
        db.Add(file);
        await files.Add(name, "text/csv", new MemoryStream(content), file.AuditSubject, ct);
        await db.SaveChangesAsync(ct);
        return new Brought(file.Id, said);
    }

    /// <summary>The whole file, not its beginning, decides: it is small.</summary>
    private static (byte[] Content, string? Said) AsUtf8(byte[] content, FileEncoding? encoding)
    {
        if (content.Length > IFiles.MaxBytes)
            return (content, null);
        return encoding switch
        {
            FileEncoding.Windows1252 => (Encoding.UTF8.GetBytes(FileEncodings.Western.GetString(content)), null),
            FileEncoding.Utf16 => (Encoding.UTF8.GetBytes((content is [0xFE, 0xFF, ..] ? Encoding.BigEndianUnicode : Encoding.Unicode).GetString(content)), null),
            // What is none becomes the letter of which the row says that it is none.
            FileEncoding.Utf8 => (Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content)), null),
            _ when content is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..] || System.Text.Unicode.Utf8.IsValid(content) => (content, null),
            _ when MostlyUtf8(content) => (Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content)), "Some of it is not UTF-8: those rows are rejected, each with the reason. If letters of the others are wrong, bring it again and choose its encoding."),
            _ => (Encoding.UTF8.GetBytes(FileEncodings.Western.GetString(content)), "Not all of it is UTF-8, so it was read as Windows-1252. Look at the names: if letters are wrong, bring it again and choose its encoding."),
        };
    }

    /// <summary>One row that was pasted in another encoding does not spoil the letters of all others.</summary>
    private static bool MostlyUtf8(ReadOnlySpan<byte> content)
    {
        var (right, wrong) = (0, 0);
        while (content.IndexOfAnyInRange((byte)0x80, (byte)0xFF) is >= 0 and var at)
        {
            content = content[at..];
            if (Rune.DecodeFromUtf8(content, out _, out var length) == OperationStatus.Done)
                right++;
            else
                wrong++;
            content = content[length..];
        }
        return right > wrong;
    }

    private static string? Unreadable(byte[] content)
    {
        try
        {
            using var source = new CsvSource(new MemoryStream(content), sayHow: FileReader.SayHow);
            return source.Rows().Any() ? null : "The file has a header and no rows.";
        }
        catch (InvalidDataException exception)
        {
            return $"This is no CSV that can be read: {exception.Message}.";
        }
    }
}

/// <summary>A brought file as it is listed.</summary>
/// <param name="Rows">That are accounted for.</param>
internal sealed record CustomerFileLine(
    long Id, string Name, ActorRef BroughtBy, DateTime BroughtAt, CustomerFileState State, long Rows, long Imported, long AlreadyThere, long Rejected, DateTime? FinishedAt, string? Message, int Version)
{
    public bool Moving => State is CustomerFileState.Running or CustomerFileState.Removing;

    public static CustomerFileLine Of(CustomerFile f) =>
        new(f.Id, f.Name, f.BroughtBy, f.BroughtAt, f.State, f.Rows, f.Imported, f.AlreadyThere, f.Rejected, f.FinishedAt, f.Message, f.Version);
}

/// <summary>A brought file, how far it is, and, before it is brought in, to whoever brought it, what its columns seem to mean.</summary>
/// <param name="Meanings">For each column what it means, as said or else as guessed; null for one that is left out.</param>
/// <param name="Sample">The first rows as they would be brought in.</param>
/// <param name="Checked">How many rows were looked at.</param>
/// <param name="Faulty">How many of these would be rejected.</param>
internal sealed record LookedAtFile(
    CustomerFileLine File, IReadOnlyList<string> Columns, IReadOnlyList<string?> Meanings, string? Service, IReadOnlyList<SampleRow> Sample, int Checked, int Faulty)
{
    public int Version => File.Version;

    /// <summary>The actor brought it: its rows are shown to nobody else.</summary>
    public bool Mine { get; init; }

    /// <summary>The actor may take out of the house what was rejected.</summary>
    public bool MayTakeRejected { get; init; }

    /// <summary>Somebody whom it brought and the actor may find; null when there is nobody.</summary>
    public string? ToFind { get; init; }
}

/// <param name="Problem">Why it would be rejected.</param>
internal sealed record SampleRow(long Line, string? Name, string? Phone, string? Email, string? Account, string? Address, string? Service, string? Problem);

/// <summary>Looks into a brought file. Its rows are shown while nobody is imported, to whoever brought it: later they are customers, whom not everybody may see.</summary>
internal sealed class LookAtCustomerFile(AppDb db, CurrentActor actor, FileReader reader, PeopleInSight sight, IAuditTrail audit, ISettings settings, IUtilityClock clock) : IUse<LookAtCustomerFile.Input, LookedAtFile>
{
    private const int Looked = 200;
    private const int Shown = 8;

    /// <param name="Meanings">To try others than the guessed ones.</param>
    public sealed record Input(long Id, string[]? Meanings = null, string? Service = null);

    public async Task<Outcome<LookedAtFile>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Import);
        if (await db.Set<CustomerFile>().AsNoTracking().SingleOrDefaultAsync(f => f.Id == input.Id, ct) is not { } file)
            return Problem.NotFound("The file");
        var mine = file.BroughtBy.Is(actor.Actor);
        if (!mine || file.State != CustomerFileState.Brought)
        {
            return new LookedAtFile(CustomerFileLine.Of(file), [], [], null, [], 0, 0)
            {
                Mine = mine, MayTakeRejected = RejectedRows.MayTake(file, actor), ToFind = file.State is CustomerFileState.Done or CustomerFileState.Failed ? await ToFind(file, ct) : null,
            };
        }
        using var source = await reader.Open(file.Id, ct);
        var rows = source.Rows().Take(Looked).ToArray();
        var map = input.Meanings is not null ? CarryCustomerFile.MapOf(source.Columns, input.Meanings, input.Service) : ColumnMap.Guess(source.Columns, [.. rows.Select(r => r.Row)]);
        var (dates, country, today) = (new ImportDates(null, await clock.Zone(ct)), await settings.Get(HouseSettings.Country, ct), await clock.Today(ct));
        var sample = rows.Select(r => Sample(map.Of(r.Row), r.Problem, dates, country, today)).ToArray();
        return new LookedAtFile(
            CustomerFileLine.Of(file), source.Columns, [.. source.Columns.Select(c => map.Columns.GetValueOrDefault(c))], map.Service, [.. sample.OrderBy(s => s.Problem is null ? 0 : 1).Take(Shown).OrderBy(s => s.Line)],
            sample.Length, sample.Count(s => s.Problem is not null)) { Mine = mine };
    }

    private async Task<string?> ToFind(CustomerFile file, CancellationToken ct)
    {
        if (!actor.May(CustomersPermissions.Read))
            return null;
        var people = db.Set<Person>().Where(p => p.Source == file.Source && p.MergedIntoId == null);
        if (await sight.AllClosed(ct) is { } closed)
            people = people.Where(p => !closed.Contains(p.Id));
        if (await people.OrderBy(p => p.Id).Select(p => new { p.Id, p.DisplayName }).FirstOrDefaultAsync(ct) is not { } found)
            return null;
        await audit.Looked(new RecordRef("search", 0), ct, $"file of customers {file.Id}", [found.Id]);
        return found.DisplayName;
    }

    private static SampleRow Sample(ImportRow row, string? problem, ImportDates dates, string country, DateOnly today)
    {
        var read = CustomerRow.Read(row, dates, country, today);
        var said = new[] { row["full_name"], $"{row["given_name"]} {row["family_name"]}".Trim() }.FirstOrDefault(n => n.Length > 0);
        return new SampleRow(
            row.Line, read.Ok ? read.Value.FullName : said, read.Ok ? read.Value.Phones.Select(p => p.Number.Display(country)).FirstOrDefault() : null, read.Ok ? read.Value.Email : null,
            read.Ok ? read.Value.AccountKey : null, read.Ok ? read.Value.Address?.OneLine : null, read.Ok ? read.Value.Service?.ToString() : null, problem ?? (read.Ok ? null : read.ToString()));
    }
}

internal sealed class ListCustomerFiles(AppDb db, CurrentActor actor) : IUse<ListCustomerFiles.Input, Page<CustomerFileLine>>
{
    public sealed record Input(int? Page = null, int? Size = null);

    public async Task<Outcome<Page<CustomerFileLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Import);
        var page = await db.Set<CustomerFile>().AsNoTracking().OrderByDescending(f => f.Id).PageOf(input.Page, input.Size, ct);
        return new Page<CustomerFileLine>([.. page.Items.Select(CustomerFileLine.Of)], page.Next, page.Total);
    }
}
