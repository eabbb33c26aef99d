using Microsoft.AspNetCore.Http;

namespace Tieline.Platform.Files;

/// <summary>Files of a form as a use takes them. One byte more than allowed is read, so that the use refuses it in words.</summary>
public static class UploadedFiles
{
    public static async Task<IReadOnlyList<Attachment>?> Of(IFormCollection form, CancellationToken ct)
    {
        var files = new List<Attachment>();
        foreach (var file in form.Files.Where(f => f.FileName.Length > 0).Take(Attachments.Most + 1))
        {
            var content = new byte[(int)Math.Min(file.Length, IFiles.MaxBytes + 1)];
            await using var stream = file.OpenReadStream();
            await stream.ReadExactlyAsync(content, ct);
            files.Add(new Attachment(file.FileName, file.ContentType, content));
        }
        return files.Count == 0 ? null : files;
    }
}
