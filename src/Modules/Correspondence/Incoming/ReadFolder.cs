using System.Globalization;
using Microsoft.Extensions.Logging;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;

namespace Tieline.Correspondence.Incoming;

/// <summary>
/// Looks into the folder where scanners and fax machines put their files, once a minute. What is taken is stored first and moved to
/// <c>done</c> afterwards: killed in between, the file is known by its content the next time, and only moved.
/// </summary>
internal sealed partial class ReadFolder(AppDb db, Inbox inbox, ISettings settings, IJobs jobs, TimeProvider time, ILogger<ReadFolder> log) : IJobHandler<ReadFolder.Payload>
{
    public sealed record Payload;

    public const string Kind = "correspondence:folder";
    public const string Done = "done";
    public const string Rejected = "rejected";
    public const string Fax = "fax";
    private const string None = "none";
    private const int MostAtOnce = 200;

    public static readonly SettingKey<string> Folder = new(
        "correspondence.incoming_folder", None, "Folder whose PDFs and images become incoming documents; what lies in its subfolder 'fax' came by fax",
        new("The absolute path of a folder, or 'none'", path => path == None || Path.IsPathFullyQualified(path)));

    /// <summary>A file that somebody may still be writing is left alone so long after its last change.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private static readonly string[] Unfinished = [".part", ".tmp", ".crdownload", ".filepart"];

    public Task Run(Payload payload, JobRun job, CancellationToken ct) => Look(ct);

    /// <summary>Once a minute on each node, and one job of all of them; none where no folder is named.</summary>
    public async Task Remind(CancellationToken ct)
    {
        if (await settings.Get(Folder, ct) == None)
            return;
        await jobs.Enqueue(Kind, new Payload(), ct, uniqueKey: db.Now.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture));
        await db.SaveChangesAsync(ct);
    }

    /// <returns>How many files were moved away.</returns>
    public async Task<int> Look(CancellationToken ct)
    {
        var folder = await settings.Get(Folder, ct);
        // Another node may be the one that has the folder.
        if (folder == None || !Directory.Exists(folder))
            return 0;
        return await Look(folder, folder, DocumentSource.Folder, ct) + (Directory.Exists(Path.Combine(folder, Fax)) ? await Look(folder, Path.Combine(folder, Fax), DocumentSource.Fax, ct) : 0);
    }

    private async Task<int> Look(string root, string folder, DocumentSource source, CancellationToken ct)
    {
        var moved = 0;
        var secret = await settings.SecretOnes(ct);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles().Where(Finished).OrderBy(f => f.LastWriteTimeUtc).ToList())
        {
            ct.ThrowIfCancellationRequested();
            // Counted is what was moved: what cannot be read does not stand in front of the others for ever.
            if (moved == MostAtOnce)
                break;
            // Nobody is there to give it another name: what must not be kept of it is masked, wherever it goes.
            var name = SecretNumbersInText.Mask(file.Name, SecretNumbersInText.Find(file.Name, secret));
            try
            {
                await Take(root, file, name, source, ct);
                moved++;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The others go on; this one is looked at again in a minute.
                LogNotRead(exception.GetType().Name, name);
            }
        }
        return moved;
    }

    private bool Finished(FileInfo file) =>
        !file.Name.StartsWith('.') && !Unfinished.Contains(file.Extension, StringComparer.OrdinalIgnoreCase)
            && (file.LinkTarget is not null || file.LastWriteTimeUtc <= time.GetUtcNow().UtcDateTime - Quiet);

    private async Task Take(string root, FileInfo file, string name, DocumentSource source, CancellationToken ct)
    {
        if (await Refused(file, ct) is { } refusal)
        {
            Reject(root, file, name, refusal);
            return;
        }
        var taken = await inbox.Take(name, await File.ReadAllBytesAsync(file.FullName, ct), source, ct);
        db.Forget();
        if (taken.Ok)
            Move(file, Path.Combine(root, Done), $"{taken.Value.Reference} {name}");
        else
            Reject(root, file, name, taken.Problems[0].Message);
    }

    /// <summary>What can be said without reading it whole.</summary>
    private async Task<string?> Refused(FileInfo file, CancellationToken ct)
    {
        if (file.LinkTarget is not null)
            return "It is a link to another file.";
        if (Inbox.Refusal(file.Length, await inbox.MostBytes(ct)) is { } size)
            return size;
        await using var stream = file.OpenRead();
        var start = new byte[16];
        var read = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
        return ScanContent.KindOf(start.AsSpan(0, read)) is null ? "It is no PDF, PNG, JPEG or TIFF, whatever its name says." : null;
    }

    /// <summary>It keeps its name otherwise: whoever has scanned it must know it again, and it is nowhere on record.</summary>
    private static void Reject(string root, FileInfo file, string name, string why)
    {
        var moved = Move(file, Path.Combine(root, Rejected), name);
        File.WriteAllText($"{moved}.reason.txt", why + Environment.NewLine);
    }

    private static string Move(FileInfo file, string folder, string name)
    {
        Directory.CreateDirectory(folder);
        // A star is no character for every file system.
        name = name.Replace('*', 'x');
        var target = Path.Combine(folder, name);
        for (var i = 2; File.Exists(target); i++)
            target = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(name)} ({i}){Path.GetExtension(name)}");
        File.Move(file.FullName, target);
        return target;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The incoming file {Name} could not be taken: {Why}")]
    private partial void LogNotRead(string why, string name);
}
