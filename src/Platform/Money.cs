using System.Globalization;

namespace Tieline.Platform;

/// <summary>An amount in minor units of the database's one currency: 8420 is $84.20 where that is the dollar. Negative is in the customer's favour.</summary>
public readonly record struct Money(long Minor)
{
    public static readonly Money Zero;

    public bool IsOwed => Minor > 0;
}

/// <summary>How amounts of a currency are read and written.</summary>
/// <param name="Code">ISO 4217.</param>
/// <param name="Digits">Of the minor unit: 2 for cents.</param>
public sealed record Currency(string Code, int Digits)
{
    /// <summary>No customer owes more; a sum of a million of them still fits.</summary>
    private const long Most = 1_000_000_000_000;

    private static readonly HashSet<string> WithoutMinorUnit = ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"];
    private static readonly HashSet<string> OfThousandths = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

    public static Currency Of(string code) => new(code, WithoutMinorUnit.Contains(code) ? 0 : OfThousandths.Contains(code) ? 3 : 2);

    private string Sign => Code switch { "USD" or "CAD" or "AUD" or "NZD" => "$", "EUR" => "€", "GBP" => "£", "JPY" => "¥", _ => $"{Code}\u00A0" };

    /// <summary>For reading: $1,284.20, -$12.00.</summary>
    public string Text(Money amount) =>
        string.Create(CultureInfo.InvariantCulture, $"{(amount.Minor < 0 ? "-" : "")}{Sign}{Math.Abs(InMajor(amount)).ToString($"N{Digits}", CultureInfo.InvariantCulture)}");

    public decimal InMajor(Money amount) => amount.Minor / Factor;

    /// <returns>False when there are more decimals than the currency has, or it is more than anyone can owe.</returns>
    public bool TryOf(decimal major, out Money amount)
    {
        amount = default;
        if (Math.Abs(major) > Most)
            return false;
        var minor = major * Factor;
        if (minor != decimal.Truncate(minor))
            return false;
        amount = new Money((long)minor);
        return true;
    }

    /// <summary>Reads an amount as files have it: 84.20, 1,284.2, $84.20, -12, (12.00), 12.00 CR, 12.00-.</summary>
    public bool TryRead(string typed, out Money amount)
    {
        amount = default;
        var text = typed.Trim();
        var credit = text is ['(', .., ')'] or [.., '-'] or ['-', ..] || (text.Length > 2 && text.EndsWith("CR", StringComparison.OrdinalIgnoreCase));
        if (credit)
            text = (text[0] == '(' ? text[1..^1] : text[0] == '-' ? text[1..] : text[^1] == '-' ? text[..^1] : text[..^2]).Trim();
        foreach (var sign in new[] { Sign.Trim(), Code })
        {
            if (text.StartsWith(sign, StringComparison.OrdinalIgnoreCase))
                text = text[sign.Length..].TrimStart();
        }
        if (!credit && text is ['-', ..])
            (text, credit) = (text[1..], true);
        if (text.Length == 0 || !(char.IsAsciiDigit(text[0]) || text[0] == '.') || !GroupsFit(text)
            || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var major))
            return false;
        return TryOf(credit ? -major : major, out amount);
    }

    /// <summary>A comma parts thousands only: "84,20" may be eighty-four or eight thousand, so it is neither.</summary>
    private static bool GroupsFit(ReadOnlySpan<char> text)
    {
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        if (point >= 0 && text[point..].Contains(','))
            return false;
        var first = whole.IndexOf(',');
        if (first < 0)
            return true;
        if (first is 0 or > 3)
            return false;
        for (var at = first; at < whole.Length; at += 4)
        {
            if (whole[at] != ',' || whole.Length - at < 4 || whole.Slice(at + 1, 3).Contains(','))
                return false;
        }
        return true;
    }

    private decimal Factor => Digits switch { 0 => 1, 3 => 1000, _ => 100 };
}
