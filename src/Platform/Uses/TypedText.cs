using System.Globalization;
using System.Text;

namespace Tieline.Platform.Uses;

/// <summary>
/// What people type, as it is stored: without control characters and without characters that reorder or hide
/// text, in Unicode's composed form, and never longer than its column. Never throws on hostile text.
/// </summary>
public static class TypedText
{
    /// <summary>One line: tabs and line ends are spaces, spaces are single, none at the ends; at most <paramref name="max"/> UTF-16 units. Empty for null.</summary>
    public static string OneLine(string? typed, int max) => Clean(typed, max, lines: false);

    /// <summary>As <see cref="OneLine"/>, and null when nothing is left.</summary>
    public static string? OneLineOrNull(string? typed, int max) => OneLine(typed, max) is { Length: > 0 } line ? line : null;

    /// <summary>
    /// Several lines: spaces, tabs and empty lines between stay as typed, line ends become \n, white space around the
    /// text and at line ends goes; at most <paramref name="max"/> UTF-16 units. Empty for null.
    /// </summary>
    public static string MultiLine(string? typed, int max) => Clean(typed, max, lines: true);

    /// <summary>As <see cref="MultiLine"/>, and null when nothing is left.</summary>
    public static string? MultiLineOrNull(string? typed, int max) => MultiLine(typed, max) is { Length: > 0 } text ? text : null;

    private static string Clean(string? typed, int max, bool lines)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(max);
        if (string.IsNullOrEmpty(typed) || max == 0)
        {
            return string.Empty;
        }
        // Composing shortens a letter with its marks; four units for one leave room for all that is real.
        var room = Math.Min((4L * max) + 16, typed.Length);
        var kept = new StringBuilder((int)Math.Min(room, 16_384));
        var spaces = new StringBuilder();
        var afterReturn = false;
        foreach (var rune in typed.EnumerateRunes())
        {
            var lineEnd = rune.Value is '\n' or '\r' or 0x85 or 0x2028 or 0x2029;
            var second = afterReturn && rune.Value == '\n';
            afterReturn = rune.Value == '\r';
            if (second)
            {
                continue;
            }
            if (lineEnd || Rune.IsWhiteSpace(rune))
            {
                Wait(spaces, rune, lineEnd, lines, kept.Length > 0, room);
                continue;
            }
            if (IsUnwanted(rune) || (kept.Length == 0 && IsJoiner(rune.Value)))
            {
                continue;
            }
            if (kept.Length + spaces.Length >= room)
            {
                break;
            }
            kept.Append(spaces).Append(rune.ToString());
            spaces.Clear();
        }
        var text = kept.ToString();
        if (!Ascii.IsValid(text))
        {
            text = text.Normalize(NormalizationForm.FormC);
        }
        text = Search.SearchText.Cut(text, max);
        var length = text.Length;
        while (length > 0 && (char.IsWhiteSpace(text[length - 1]) || IsJoiner(text[length - 1])))
        {
            length--;
        }
        return text[..length];
    }

    // White space is written only when something follows it, so none stands at the end.
    private static void Wait(StringBuilder spaces, Rune rune, bool lineEnd, bool lines, bool begun, long room)
    {
        if (!begun)
        {
            return;
        }
        if (!lines)
        {
            spaces.Clear().Append(' ');
        }
        else if (lineEnd)
        {
            var end = spaces.Length;
            while (end > 0 && spaces[end - 1] != '\n')
            {
                end--;
            }
            spaces.Length = end;
            Limited('\n');
        }
        else
        {
            Limited(rune.Value == '\t' ? '\t' : ' ');
        }

        void Limited(char c)
        {
            if (spaces.Length < room)
            {
                spaces.Append(c);
            }
        }
    }

    // They stay inside a text: Persian and the scripts of India are not written correctly without them.
    private static bool IsJoiner(int value) => value is 0x200C or 0x200D;

    private static bool IsUnwanted(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control => true,
        UnicodeCategory.Format => !IsJoiner(rune.Value),
        _ => rune.Value == 0xFFFD || Search.SearchText.IsNoCharacter(rune),
    };
}
