using System.Globalization;
using System.Text;
using Tieline.Correspondence.Incoming;
using Tieline.Platform.Demo;

namespace Tieline.Correspondence.Demo;

/// <summary>A morning's post: a few letters as a scanner makes them.</summary>
internal sealed class CorrespondenceDemo(Inbox inbox) : IDemoData
{
    private static readonly (string File, DocumentSource Source, string[] Lines)[] Post =
    [
        ("scan-0001.pdf", DocumentSource.Folder, ["To the water and light department", "", "My bill this month is twice what it was. Please have somebody", "read the meter again before I pay it.", "", "Kind regards"]),
        ("scan-0002.pdf", DocumentSource.Folder, ["Change of address", "", "I am moving out at the end of the month. Please send the final", "bill to my daughter, whose address is on the back.", ""]),
        ("fax-0413.pdf", DocumentSource.Fax, ["FAX", "", "Certificate of the physician: oxygen at home, day and night.", "Please keep the supply of this house on."]),
        ("scan-0003.pdf", DocumentSource.Folder, ["Complaint", "", "For the second time nobody came on the day you named.", "I waited from eight to five."]),
    ];

    public int Order => 50;

    public string Name => "incoming post";

    public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
    {
        foreach (var (file, source, lines) in Post)
        {
            var taken = await inbox.Take(file, Page(lines), source, ct);
            if (!taken.Ok)
                throw new InvalidOperationException(taken.ToString());
        }
    }

    /// <summary>One page of typed lines as a PDF.</summary>
    internal static byte[] Page(IEnumerable<string> lines)
    {
        var text = new StringBuilder("BT /F1 14 Tf 72 720 Td 20 TL\n");
        foreach (var line in lines)
            text.Append(CultureInfo.InvariantCulture, $"({line.Replace("\\", @"\\", StringComparison.Ordinal).Replace("(", @"\(", StringComparison.Ordinal).Replace(")", @"\)", StringComparison.Ordinal)}) Tj T*\n");
        text.Append("ET");
        string[] objects =
        [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
            $"<< /Length {text.Length} >>\nstream\n{text}\nendstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ];
        var pdf = new StringBuilder("%PDF-1.4\n");
        var at = new List<int>();
        foreach (var (i, body) in objects.Index())
        {
            at.Add(pdf.Length);
            pdf.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{body}\nendobj\n");
        }
        var table = pdf.Length;
        pdf.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        foreach (var offset in at)
            pdf.Append(CultureInfo.InvariantCulture, $"{offset:0000000000} 00000 n \n");
        pdf.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {objects.Length + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.Latin1.GetBytes(pdf.ToString());
    }
}
