using Tieline.Platform.Uses;

namespace Tieline.Platform.Files;

/// <summary>A file as it comes with what it is attached to.</summary>
/// <param name="Content">At most <see cref="IFiles.MaxBytes"/>; base64 in JSON.</param>
public sealed record Attachment(string? Name, string? MediaType, byte[]? Content);

/// <summary>Files that come with a record: how many, how large, and where they are kept.</summary>
public sealed class Attachments(IFiles files)
{
    public const int Most = 10;

    /// <summary>Bytes of a request that carries as much as is allowed, in base64 and with its wrapping.</summary>
    public const long MostBytesOnTheWire = (long)Most * IFiles.MaxBytes * 3 / 2;

    private const string Field = "Files";

    public static void Check(IReadOnlyList<Attachment>? given, Problems problems)
    {
        if (given is null)
            return;
        if (given.Count > Most)
            problems.Add(Field, $"At most {Most} files go with one entry.", "file.too_many");
        foreach (var file in given)
        {
            if (file is null)
            {
                problems.Add(Field, "A file has no name.", "file.empty");
                continue;
            }
            var name = TypedText.OneLine(file.Name, 200);
            if (name.Length == 0 || file.Content is null or { Length: 0 })
                problems.Add(Field, name.Length == 0 ? "A file has no name." : $"'{name}' is empty.", "file.empty");
            else if (file.Content.Length > IFiles.MaxBytes)
                problems.Add(Field, $"'{name}' is larger than {IFiles.MaxBytes / 1024 / 1024} MB.", "file.too_large");
            else
                problems.AsTyped(Field, "The name of a file", name);
        }
    }

    /// <summary>Keeps files that passed <see cref="Check"/>, in the running transaction.</summary>
    public async Task Add(RecordRef record, IReadOnlyList<Attachment>? given, CancellationToken ct)
    {
        foreach (var file in given ?? [])
        {
            using var content = new MemoryStream(file.Content!, writable: false);
            var added = await files.Add(file.Name!, file.MediaType ?? "application/octet-stream", content, record, ct);
            if (!added.Ok)
                throw new InvalidOperationException(added.ToString());
        }
    }
}
