using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Tieline.Customers.People;

/// <summary>
/// A telephone number in the international form of ITU-T E.164 ("+15415550123"), and the digits of its extension.
/// </summary>
internal sealed record PhoneNumber(string E164, string? Extension)
{
    private const int MaxTypedLength = 64;
    private const int MaxExtensionDigits = 7;

    /// <summary>The number's digits without +, as they stand in search keys.</summary>
    public string Digits => E164[1..];

    /// <summary>
    /// Reads a number as people write it. <paramref name="defaultCountry"/> (ISO 3166 alpha-2) says how to read one without
    /// + or a prefix for calls abroad. When it cannot be read, <paramref name="problem"/> is one sentence for who typed it, else empty.
    /// </summary>
    public static bool TryParse(string? typed, string defaultCountry, [NotNullWhen(true)] out PhoneNumber? number, out string problem)
    {
        number = null;
        if (string.IsNullOrWhiteSpace(typed))
        {
            problem = "Enter a telephone number.";
            return false;
        }
        if (typed.Length > MaxTypedLength)
        {
            problem = "This is too long for a telephone number.";
            return false;
        }
        var home = CallingCode.OfCountry(defaultCountry);
        var text = Plain(typed);
        var (main, extension) = SplitExtension(text);
        if (extension?.Length > MaxExtensionDigits)
        {
            problem = $"An extension has at most {MaxExtensionDigits} digits.";
            return false;
        }
        var digits = Dialled(main, home, out var hasPlus, out problem);
        if (digits is null)
        {
            return false;
        }
        var international = International(digits, main, hasPlus, home);
        digits = international is null ? National(digits, home, out problem) : Abroad(international, main, out problem);
        if (digits is null)
        {
            return false;
        }
        number = new PhoneNumber("+" + digits, extension);
        return true;
    }

    /// <summary>
    /// For reading: (541) 555-0123 ext. 5 inside the North American plan, +1 541-555-0123 from elsewhere, other countries' as
    /// +44 207 946 0958.
    /// </summary>
    public string Display(string defaultCountry)
    {
        var digits = Digits;
        var extension = Extension is null ? string.Empty : " ext. " + Extension;
        if (digits.Length == 11 && digits[0] == '1')
        {
            return CallingCode.OfCountry(defaultCountry) is { IsNorthAmerican: true }
                ? $"({digits[1..4]}) {digits[4..7]}-{digits[7..]}{extension}"
                : $"+1 {digits[1..4]}-{digits[4..7]}-{digits[7..]}{extension}";
        }
        var at = CallingCode.LengthOf(digits);
        var shown = new StringBuilder("+").Append(digits, 0, at);
        while (at < digits.Length)
        {
            // Groups of three, the last of two to four: a single digit at the end would be overlooked.
            var left = digits.Length - at;
            var group = left <= 4 ? left : 3;
            shown.Append(' ').Append(digits, at, group);
            at += group;
        }
        return shown.Append(extension).ToString();
    }

    private static string Plain(string typed)
    {
        var plain = new StringBuilder(typed.Length);
        foreach (var c in typed)
        {
            var digit = CharUnicodeInfo.GetDecimalDigitValue(c);
            if (digit >= 0)
            {
                plain.Append((char)('0' + digit));
                continue;
            }
            switch (CharUnicodeInfo.GetUnicodeCategory(c))
            {
                case UnicodeCategory.Format or UnicodeCategory.Control when !char.IsWhiteSpace(c):
                    break;
                case UnicodeCategory.DashPunctuation:
                    plain.Append('-');
                    break;
                default:
                    plain.Append(char.IsWhiteSpace(c) ? ' ' : c is '\uFF0B' ? '+' : char.ToLowerInvariant(c));
                    break;
            }
        }
        var text = plain.ToString().Trim();
        return text.StartsWith("tel:", StringComparison.Ordinal) ? text[4..].TrimStart() : text;
    }

    private static (string Main, string? Extension) SplitExtension(string text)
    {
        foreach (var mark in (string[])["extension", "extn", "ext", "x", "#"])
        {
            var at = text.LastIndexOf(mark, StringComparison.Ordinal);
            // A mark inside a word is a letter of a vanity number (1-800-FLEX-123).
            if (at <= 0 || char.IsAsciiLetter(text[at - 1]))
            {
                continue;
            }
            var extension = text[(at + mark.Length)..].Trim(' ', '.', ':', '=', '-', '#');
            var main = text[..at].TrimEnd(' ', ',', ';', '-', '.');
            if (extension.Length > 0 && extension.All(char.IsAsciiDigit) && main.Count(char.IsAsciiLetterOrDigit) >= 7)
            {
                return (main, extension);
            }
        }
        return (text, null);
    }

    private static string? Dialled(string main, CallingCode? home, out bool hasPlus, out string problem)
    {
        var digits = new StringBuilder(main.Length);
        hasPlus = false;
        foreach (var c in main)
        {
            if (char.IsAsciiDigit(c))
            {
                digits.Append(c);
            }
            else if (c == '+' && digits.Length == 0 && !hasPlus)
            {
                hasPlus = true;
            }
            else if (char.IsAsciiLetterLower(c))
            {
                var isNorthAmerican = hasPlus ? digits.Length > 0 && digits[0] == '1' : home is { IsNorthAmerican: true };
                if (!isNorthAmerican || digits.Length == 0)
                {
                    problem = "A telephone number cannot have letters here.";
                    return null;
                }
                digits.Append("22233344455566677778889999"[c - 'a']);
            }
            else if (c is not (' ' or '-' or '.' or '(' or ')' or '/' or '[' or ']'))
            {
                problem = "A telephone number has digits, spaces and the signs + - . / ( ) only.";
                return null;
            }
        }
        problem = string.Empty;
        return digits.ToString();
    }

    /// <summary>The digits after + or the prefix for calls abroad; null for a number inside the country.</summary>
    private static string? International(string digits, string main, bool hasPlus, CallingCode? home)
    {
        if (hasPlus)
        {
            return digits;
        }
        if (home is not null && digits.StartsWith(home.Abroad, StringComparison.Ordinal))
        {
            return digits[home.Abroad.Length..];
        }
        // Nowhere does a number inside the country begin so, and many people know no other prefix.
        return digits.StartsWith("00", StringComparison.Ordinal) || main.StartsWith("(00", StringComparison.Ordinal) ? digits[2..] : null;
    }

    private static string? National(string digits, CallingCode? home, out string problem)
    {
        if (home is null)
        {
            problem = "Begin the number with + and the country's calling code.";
            return null;
        }
        if (home.IsNorthAmerican && digits.Length == 7)
        {
            problem = "The area code is missing.";
            return null;
        }
        return Checked(WithoutTrunk(digits, home), home, out problem);
    }

    private static string? Abroad(string digits, string main, out string problem)
    {
        if (digits.Length == 0 || digits[0] == '0')
        {
            problem = "A calling code does not begin with 0.";
            return null;
        }
        if (CallingCode.OfNumber(digits) is not { } plan)
        {
            // Countries that are not in the table: only what holds for all of them.
            problem = digits.Length switch
            {
                < 7 => "The telephone number is too short.",
                > CallingCode.MaxDigits => $"A telephone number has at most {CallingCode.MaxDigits} digits.",
                _ => string.Empty,
            };
            return problem.Length == 0 ? digits : null;
        }
        var national = digits[plan.Code.Length..];
        // "+44 (0)20": the bracket says what is dialled inside the country only. (In Italy the 0 belongs to the number.)
        if (plan.Trunk.Length > 0 && (national.StartsWith('0') || main.Contains("(0)", StringComparison.Ordinal) || national.Length > plan.MaxLength))
        {
            national = WithoutTrunk(national, plan);
        }
        return Checked(national, plan, out problem);
    }

    private static string WithoutTrunk(string national, CallingCode plan)
    {
        // A trunk prefix that is no 0 may also be the first digit of a number: only the length tells.
        var isPrefix = plan.Trunk.Length > 0 && national.StartsWith(plan.Trunk, StringComparison.Ordinal)
            && (plan.Trunk[0] == '0' || national.Length > plan.MaxLength);
        return isPrefix ? national[plan.Trunk.Length..] : national;
    }

    private static string? Checked(string national, CallingCode plan, out string problem)
    {
        var length = plan.MinLength == plan.MaxLength ? $"{plan.MinLength}" : $"{plan.MinLength} to {plan.MaxLength}";
        if (national.Length < plan.MinLength)
        {
            problem = $"The telephone number is too short: it needs {length} digits.";
        }
        else if (national.Length > plan.MaxLength)
        {
            problem = $"The telephone number is too long: it has {length} digits, and one abroad begins with +.";
        }
        else if (plan.IsNorthAmerican && !IsNorthAmericanBlock(national[..3]))
        {
            problem = $"There is no area code {national[..3]}.";
        }
        else if (plan.IsNorthAmerican && !IsNorthAmericanBlock(national[3..6]))
        {
            problem = $"No number after the area code begins with {national[3..6]}.";
        }
        else
        {
            problem = string.Empty;
            return plan.Code + national;
        }
        return null;
    }

    private static bool IsNorthAmericanBlock(string block) => block[0] >= '2' && block[1..] != "11";
}
