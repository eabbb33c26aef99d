namespace Tieline.Customers.People;

/// <summary>
/// How one country numbers its telephones: calling code, the prefix dialled inside the country before the
/// number (empty where there is none), the length of the number without it, the prefix for calls abroad.
/// </summary>
internal sealed record CallingCode(string Country, string Code, string Trunk, int MinLength, int MaxLength, string Abroad)
{
    /// <summary>Longest number of ITU-T E.164, calling code included, in digits.</summary>
    public const int MaxDigits = 15;

    /// <summary>The North American Numbering Plan, which several countries share.</summary>
    public bool IsNorthAmerican => string.Equals(Code, "1", StringComparison.Ordinal);

    public static CallingCode? OfCountry(string country) => ByCountry.GetValueOrDefault(country);

    /// <summary>The plan an international number (digits without +) belongs to; null for countries not in the table.</summary>
    public static CallingCode? OfNumber(string digits) => Array.Find(Table, row => digits.StartsWith(row.Code, StringComparison.Ordinal));

    /// <summary>Digits of the calling code of an international number: 1 to 3, by the zones of E.164.</summary>
    public static int LengthOf(string digits)
    {
        if (digits[0] is '1' or '7')
        {
            return 1;
        }
        return digits.Length > 1 && TwoDigitCodes.Contains(digits[..2]) ? 2 : Math.Min(3, digits.Length);
    }

    private static readonly CallingCode[] Table =
    [
        .. "US CA PR DO JM BS BB TT BM KY GU VI AG LC VC GD DM KN AS MP".Split(' ').Select(country => new CallingCode(country, "1", "1", 10, 10, "011")),
        new("RU", "7", "8", 10, 10, "810"), new("KZ", "7", "8", 10, 10, "810"),
        new("EG", "20", "0", 8, 10, "00"), new("ZA", "27", "0", 9, 9, "00"), new("GR", "30", "", 10, 10, "00"),
        new("NL", "31", "0", 9, 9, "00"), new("BE", "32", "0", 8, 9, "00"), new("FR", "33", "0", 9, 9, "00"),
        new("ES", "34", "", 9, 9, "00"), new("HU", "36", "06", 8, 9, "00"), new("IT", "39", "", 6, 11, "00"),
        new("RO", "40", "0", 9, 9, "00"), new("CH", "41", "0", 9, 9, "00"), new("AT", "43", "0", 4, 13, "00"),
        new("GB", "44", "0", 9, 10, "00"), new("DK", "45", "", 8, 8, "00"), new("SE", "46", "0", 7, 10, "00"),
        new("NO", "47", "", 8, 8, "00"), new("PL", "48", "", 9, 9, "00"), new("DE", "49", "0", 6, 11, "00"),
        new("PE", "51", "0", 8, 9, "00"), new("MX", "52", "", 10, 10, "00"), new("CU", "53", "0", 6, 8, "119"),
        new("AR", "54", "0", 10, 11, "00"), new("BR", "55", "0", 10, 11, "00"), new("CL", "56", "", 9, 9, "00"),
        new("CO", "57", "", 8, 10, "00"), new("VE", "58", "0", 10, 10, "00"), new("MY", "60", "0", 8, 10, "00"),
        new("AU", "61", "0", 6, 10, "0011"), new("ID", "62", "0", 8, 12, "001"), new("PH", "63", "0", 8, 10, "00"),
        new("NZ", "64", "0", 8, 10, "00"), new("SG", "65", "", 8, 8, "001"), new("TH", "66", "0", 8, 9, "001"),
        new("JP", "81", "0", 9, 10, "010"), new("KR", "82", "0", 8, 10, "001"), new("VN", "84", "0", 9, 10, "00"),
        new("CN", "86", "0", 9, 11, "00"), new("TR", "90", "0", 10, 10, "00"), new("IN", "91", "0", 10, 10, "00"),
        new("PK", "92", "0", 9, 10, "00"), new("LK", "94", "0", 9, 9, "00"), new("MA", "212", "0", 9, 9, "00"),
        new("NG", "234", "0", 8, 10, "009"), new("KE", "254", "0", 9, 9, "000"), new("PT", "351", "", 9, 9, "00"),
        new("LU", "352", "", 4, 11, "00"), new("IE", "353", "0", 7, 9, "00"), new("IS", "354", "", 7, 9, "00"),
        new("FI", "358", "0", 5, 12, "00"), new("BG", "359", "0", 7, 9, "00"), new("UA", "380", "0", 9, 9, "00"),
        new("RS", "381", "0", 8, 10, "00"), new("HR", "385", "0", 8, 9, "00"), new("SI", "386", "0", 8, 8, "00"),
        new("CZ", "420", "", 9, 9, "00"), new("SK", "421", "0", 9, 9, "00"), new("GT", "502", "", 8, 8, "00"),
        new("SV", "503", "", 8, 8, "00"), new("HN", "504", "", 8, 8, "00"), new("NI", "505", "", 8, 8, "00"),
        new("CR", "506", "", 8, 8, "00"), new("PA", "507", "", 7, 8, "00"), new("EC", "593", "0", 8, 9, "00"),
        new("HK", "852", "", 8, 8, "001"), new("BD", "880", "0", 8, 10, "00"), new("TW", "886", "0", 8, 9, "002"),
        new("SA", "966", "0", 8, 9, "00"), new("AE", "971", "0", 8, 9, "00"), new("IL", "972", "0", 8, 9, "00"),
    ];

    private static readonly Dictionary<string, CallingCode> ByCountry = Table.ToDictionary(row => row.Country, StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> TwoDigitCodes =
        [.. "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98".Split(' ')];
}
