using System.Diagnostics.CodeAnalysis;

namespace Tieline.Customers.Premises;

/// <summary>
/// The words of street lines: types, directions, units and states with the abbreviations of the United States Postal
/// Service (Publication 28), and ordinals. Keys are folded words.
/// </summary>
internal static class StreetWords
{
    /// <summary>A street type or direction: its abbreviation as written ("Ave", "NE") and its long form, folded ("avenue").</summary>
    public sealed record Form(string Short, string Long)
    {
        /// <summary>The abbreviation, folded.</summary>
        public string Key { get; } = Short.ToLowerInvariant();
    }

    // Abbreviation, long form, further spellings. An asterisk: the word hardly ever stands inside a street or town
    // name, so it may end the street where no comma does.
    private const string TypeTable = """
        *Aly alley ally|Anx annex|Arc arcade|*Ave avenue av aven avenu avn|Byu bayou|Bch beach|Bnd bend|Blf bluff|*Blvd boulevard boul boulv bl
        Br branch|Brg bridge|Brk brook|*Byp bypass|Cyn canyon|Cpe cape|*Cswy causeway|Ctr center centre cntr|*Cir circle circ cl
        Clf cliff|Cmn common|Cor corner|*Ct court|*Cts courts|Cv cove|Crk creek ck|*Cres crescent|Crst crest|*Xing crossing|Xrd crossroad
        Curv curve|Dl dale|*Dr drive driv drv|Est estate|Ests estates|*Expy expressway expwy|Ext extension|Fls falls|Fry ferry|Fld field
        Flds fields|Flt flat|Frd ford|Frst forest|Frk fork|Ft fort|*Fwy freeway frwy|Gdn garden|Gdns gardens|Gtwy gateway|Gln glen|Grn green
        Grv grove|Hbr harbor|Hvn haven|Hts heights|*Hwy highway hiway hghwy|Hl hill|Hls hills|Holw hollow|Is island|Jct junction|Knl knoll
        Knls knolls|Lk lake|Lks lakes|Lndg landing|*Ln lane|*Loop loop|*Mall mall|Mnr manor|Mdw meadow|Mdws meadows|*Mews mews|Ml mill|Mls mills
        Msn mission|*Mtwy motorway|Mt mount|Mtn mountain|Orch orchard|Oval oval|Opas overpass|Park park pk|*Pkwy parkway pky parkwy pkway
        Pass pass|Path path|*Pike pike|Pnes pines|*Pl place|Pln plain|Plns plains|*Plz plaza|Pt point|Pts points|Prt port|Pr prairie|Ramp ramp
        Rnch ranch|Rdg ridge|Rdgs ridges|Riv river|*Rd road|*Rds roads|*Rte route rt|Row row|Rue rue|Run run|Shr shore|Shrs shores|Spg spring
        Spgs springs|Spur spur|*Sq square sqr|Sta station|Strm stream|*St street str strt|Smt summit|*Ter terrace terr|Trce trace|*Trl trail
        *Tpke turnpike tpk trnpk|Un union|Vly valley|Vw view|Vlg village|Vis vista|Walk walk wk|Wall wall|*Way way wy|Wl well|Wls wells
        """;

    private const string DirectionTable = "N north|S south|E east|W west|NE northeast|NW northwest|SE southeast|SW southwest";

    private const string UnitTable = """
        Apt apartment|Unit unit|Ste suite|Fl floor|Rm room|Bldg building|Lot lot|Trlr trailer|Spc space|Dept department|Ofc office|Ph penthouse
        Bsmt basement|Hngr hangar|Slip slip|Pier pier|Stop stop|Lowr lower|Uppr upper|Frnt front|Rear rear|Side side
        """;

    private const string StateTable = """
        AL alabama|AK alaska|AZ arizona|AR arkansas|CA california|CO colorado|CT connecticut|DE delaware|DC district of columbia|FL florida|GA georgia
        HI hawaii|ID idaho|IL illinois|IN indiana|IA iowa|KS kansas|KY kentucky|LA louisiana|ME maine|MD maryland|MA massachusetts|MI michigan
        MN minnesota|MS mississippi|MO missouri|MT montana|NE nebraska|NV nevada|NH new hampshire|NJ new jersey|NM new mexico|NY new york
        NC north carolina|ND north dakota|OH ohio|OK oklahoma|OR oregon|PA pennsylvania|RI rhode island|SC south carolina|SD south dakota
        TN tennessee|TX texas|UT utah|VT vermont|VA virginia|WA washington|WV west virginia|WI wisconsin|WY wyoming|PR puerto rico|GU guam
        VI virgin islands|AS american samoa|MP northern mariana islands|AA armed forces americas|AE armed forces europe|AP armed forces pacific
        """;

    private static readonly string[] OrdinalWords =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
            "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"];

    private static readonly HashSet<string> Separating = [];
    private static readonly Dictionary<string, Form> Types = Read(TypeTable, Separating);
    private static readonly Dictionary<string, Form> Directions = Read(DirectionTable, []);
    private static readonly Dictionary<string, Form> Units = Read(UnitTable, []);
    private static readonly Dictionary<string, string> States = ReadStates();

    public static bool TryType(string word, [NotNullWhen(true)] out Form? form) => Types.TryGetValue(word, out form);

    public static bool TryDirection(string word, [NotNullWhen(true)] out Form? form) => Directions.TryGetValue(word, out form);

    public static bool TryUnit(string word, [NotNullWhen(true)] out Form? form) => Units.TryGetValue(word, out form);

    /// <summary>The two-letter code of a state by its code or its name, folded.</summary>
    public static bool TryState(string words, [NotNullWhen(true)] out string? code) => States.TryGetValue(words, out code);

    /// <summary>True for a type that may end a street where no comma does: "12 Elm St Springfield".</summary>
    public static bool IsSeparatingType(string word) => TryType(word, out var form) && Separating.Contains(form.Key);

    /// <summary>The number an ordinal stands for, without its ending ("5" for 5th and fifth); false for other words.</summary>
    public static bool TryOrdinal(string word, [NotNullWhen(true)] out string? number)
    {
        number = null;
        if (word.Length > 2 && word[^2..] is "st" or "nd" or "rd" or "th" && word.AsSpan(0, word.Length - 2).ContainsAnyExceptInRange('0', '9') is false)
        {
            number = word[..^2];
        }
        else if (Array.IndexOf(OrdinalWords, word) is >= 0 and var at)
        {
            number = $"{at + 1}";
        }
        return number is not null;
    }

    /// <summary>The other ways to write an ordinal up to the twentieth: fifth for 5, 5th for both.</summary>
    public static IEnumerable<string> OrdinalForms(string number)
    {
        if (number.Length > 6 || !int.TryParse(number, out var value))
        {
            yield break;
        }
        var ending = (value % 100) is >= 11 and <= 13 ? "th" : (value % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" };
        yield return $"{value}{ending}";
        if (value is >= 1 and <= 20)
        {
            yield return OrdinalWords[value - 1];
        }
    }

    private static IEnumerable<string[]> Rows(string table) =>
        table.Split(['|', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static Dictionary<string, Form> Read(string table, HashSet<string> marked)
    {
        var forms = new Dictionary<string, Form>(StringComparer.Ordinal);
        foreach (var row in Rows(table))
        {
            var form = new Form(row[0].TrimStart('*'), row[1]);
            if (row[0][0] == '*')
            {
                marked.Add(form.Key);
            }
            forms[form.Key] = form;
            foreach (var spelling in row[1..])
            {
                forms[spelling] = form;
            }
        }
        return forms;
    }

    private static Dictionary<string, string> ReadStates()
    {
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in Rows(StateTable))
        {
            states[row[0].ToLowerInvariant()] = row[0];
            states[string.Join(' ', row[1..])] = row[0];
        }
        return states;
    }
}
