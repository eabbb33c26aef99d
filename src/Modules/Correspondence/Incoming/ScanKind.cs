using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Tieline.Correspondence.Incoming;

internal enum ScanKind { Pdf, Png, Jpeg, Tiff }

/// <summary>What a file is by its first bytes, whatever its name says, and what a PDF would do if it were let.</summary>
internal static class ScanContent
{
    private const int MostInflated = 16 * 1024 * 1024;

    /// <summary>As a risk: nobody knows what is in there.</summary>
    public const string NotLookedThrough = "parts that could not be looked through";

    private static readonly string[] OtherFilters = ["/LZWDecode", "/LZW", "/ASCIIHexDecode", "/AHx", "/ASCII85Decode", "/A85", "/RunLengthDecode", "/RL", "/Crypt"];

    /// <summary>Names of PDF that make a reader do something or carry other files. A destination to open at does nothing.</summary>
    private static readonly (string Name, string Says)[] Risks =
    [
        ("/JavaScript", "a script"), ("/JS", "a script"), ("/Launch", "a command that starts a programme"), ("/EmbeddedFile", "another file"), ("/EmbeddedFiles", "another file"),
        ("/RichMedia", "a film or animation"), ("/XFA", "a form with rules of its own"), ("/SubmitForm", "a form that sends what is typed"), ("/ImportData", "a command that reads a file"),
        ("/GoToR", "a way to another file"), ("/GoToE", "a way to another file"), ("/AA", "actions that start by themselves"), ("/OpenAction<<", "an action when it is opened"),
    ];

    /// <returns>Null for what is none of the kinds that are taken.</returns>
    public static ScanKind? KindOf(ReadOnlySpan<byte> start) =>
        start.StartsWith("%PDF-"u8) ? ScanKind.Pdf
        : start.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? ScanKind.Png
        : start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? ScanKind.Jpeg
        : start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8) ? ScanKind.Tiff
        : null;

    public static string MediaType(ScanKind kind) => kind switch
    {
        ScanKind.Pdf => "application/pdf",
        ScanKind.Png => "image/png",
        ScanKind.Jpeg => "image/jpeg",
        _ => "image/tiff",
    };

    /// <returns>What was found, in words; null for nothing in a file of which everything could be looked through.</returns>
    public static string? RiskOf(byte[] pdf)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var text = Encoding.Latin1.GetString(pdf);
        Look(text, found);
        var whole = !Has(Unescaped(text), "/Encrypt");
        var left = MostInflated;
        // Newer files keep their objects packed: what stands in there counts as well.
        foreach (var packed in PackedObjects.EnumerateMatches(text))
        {
            var stream = text.IndexOf("stream", packed.Index, StringComparison.Ordinal);
            if (stream < 0 || left == 0 || !IsPlainlyPacked(text, packed.Index, stream))
            {
                whole = false;
                continue;
            }
            var begin = stream + 6;
            while (begin < pdf.Length && pdf[begin] is (byte)'\r' or (byte)'\n')
                begin++;
            var (inside, all) = Inflated(pdf, begin, ref left);
            whole &= all;
            Look(inside, found);
        }
        // Last, whatever the alphabet says: what was found counts more.
        return (found.Count, whole) switch
        {
            (0, true) => null,
            (0, false) => NotLookedThrough,
            (_, true) => string.Join(", ", found),
            _ => $"{string.Join(", ", found)}, {NotLookedThrough}",
        };
    }

    // Any of its letters may be written as # and a number.
    private static readonly Regex PackedObjects = new("/(?:O|#4[fF])(?:b|#62)(?:j|#6[aA])(?:S|#53)(?:t|#74)(?:m|#6[dD])", RegexOptions.NonBacktracking);

    /// <summary>By the one way that is undone here, and not sorted into columns besides.</summary>
    private static bool IsPlainlyPacked(string text, int at, int stream)
    {
        var before = text.LastIndexOf("endobj", at, StringComparison.Ordinal);
        var dictionary = Unescaped(text[Math.Max(before, 0)..stream]);
        return !Has(dictionary, "/Predictor") && !Has(dictionary, "/F")
            && !OtherFilters.Any(f => Has(dictionary, f));
    }

    /// <returns>What came out, and whether that is all of it.</returns>
    private static (string Text, bool Whole) Inflated(byte[] pdf, int begin, ref int left)
    {
        using var packed = new MemoryStream(pdf, begin, pdf.Length - begin, writable: false);
        using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            while (left > 0)
            {
                var read = unpacked.Read(buffer, 0, Math.Min(buffer.Length, left));
                if (read == 0)
                    return (text.ToString(), text.Length > 0);
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
                left -= read;
            }
        }
        catch (InvalidDataException)
        {
            // Packed another way, encrypted, or damaged: what came out until here is what can be looked at.
        }
        return (text.ToString(), false);
    }

    private static void Look(string text, SortedSet<string> found)
    {
        var plain = Unescaped(text);
        foreach (var (name, says) in Risks)
        {
            if (Has(plain, name))
                found.Add(says);
        }
    }

    /// <summary>The name itself, not one that only begins so.</summary>
    private static bool Has(string text, string name)
    {
        var dictionary = name.EndsWith("<<", StringComparison.Ordinal);
        var bare = dictionary ? name[..^2] : name;
        for (var at = text.IndexOf(bare, StringComparison.Ordinal); at >= 0; at = text.IndexOf(bare, at + 1, StringComparison.Ordinal))
        {
            var end = at + bare.Length;
            if (dictionary)
            {
                while (end < text.Length && char.IsWhiteSpace(text[end]))
                    end++;
                if (end + 1 < text.Length && text[end] == '<' && text[end + 1] == '<')
                    return true;
            }
            else if (end >= text.Length || !(char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-' or '.'))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Any letter of a name may be written as # and its number: /J#53 is /JS.</summary>
    private static string Unescaped(string text)
    {
        if (!text.Contains('#', StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '#' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                plain.Append((char)Convert.ToInt32(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                plain.Append(text[i]);
            }
        }
        return plain.ToString();
    }
}
