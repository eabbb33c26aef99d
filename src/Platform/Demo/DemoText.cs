using System.Globalization;
using System.Text;

namespace Tieline.Platform.Demo;

/// <summary>The word lists beside this file, embedded in the assembly.</summary>
internal static class DemoText
{
    /// <summary>The lines of an embedded list without comments (<c>#</c>) and blank lines.</summary>
    public static IEnumerable<string> Lines(string file)
    {
        using var stream = typeof(DemoText).Assembly.GetManifestResourceStream("Demo/" + file)
            ?? throw new InvalidOperationException($"The word list {file} is not embedded.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#')
                yield return line;
    }

    /// <summary>Lower-case ASCII letters and digits only, for mail addresses and sign-in names: "De León" gives "deleon".</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormD))
        {
            if (char.IsAsciiLetterOrDigit(c))
                plain.Append(char.ToLowerInvariant(c));
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
                plain.Append(c switch { 'ł' or 'Ł' => "l", 'ø' or 'Ø' => "o", 'ß' => "ss", 'đ' or 'Đ' => "d", 'æ' or 'Æ' => "ae", _ => "" });
        }
        return plain.ToString();
    }
}
